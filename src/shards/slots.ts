import { MAX_PLACED_KEYS } from './placed-key.ts';
import type { ShardKey } from './shard-key.ts';

/** Number of slots that the hash gives. A slot is the unit of placement and of moving. Same count and hash as Redis Cluster. */
export const SLOT_COUNT = 16384;

/** Number of all slots: with those above, each of which is that of one placed shard key. */
export const ALL_SLOTS = SLOT_COUNT + MAX_PLACED_KEYS;

/** Name of the hash; stored in the catalog, so that a build with another hash refuses instead of misplacing rows. */
export const SLOT_HASH = 'crc16-xmodem';

/** Inclusive range of slots. */
export type SlotRange = readonly [first: number, last: number];

// CRC-16/XMODEM: polynomial 0x1021, initial value 0, no reflection (check value of "123456789": 0x31C3).
const CRC_TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  CRC_TABLE[byte] = crc & 0xffff;
}

const encoder = new TextEncoder();

const withByte = (crc: number, byte: number): number => ((crc << 8) & 0xffff) ^ CRC_TABLE[((crc >> 8) ^ byte) & 0xff]!;

export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = withByte(crc, byte);
  return crc;
}

/** Over the UTF-8 of a text. Most shard keys are ASCII, whose characters are their bytes: the runtime's encoder costs more than all the rest. */
function crc16OfText(text: string): number {
  let crc = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character > 0x7f) return crc16(encoder.encode(text));
    crc = withByte(crc, character);
  }
  return crc;
}

const NOTHING_PLACED: ReadonlyMap<ShardKey, number> = new Map();

/**
 * The slot of a shard key: CRC-16/XMODEM over the UTF-8 bytes of its canonical text, modulo 16384; unless it is among those that were
 * placed, which have a slot of their own.
 */
export const slotOf = (key: ShardKey, placed = NOTHING_PLACED): number =>
  placed.get(key) ?? crc16OfText(key) % SLOT_COUNT;

/**
 * True if the ranges cover every slot exactly once (R2): nothing missing, nothing twice. The slots that there are: those of the hash, and
 * `placed`, those of placed shard keys.
 */
export function isExactCover(ranges: readonly SlotRange[], placed: readonly SlotRange[] = []): boolean {
  const [covered, all] = [joined(ranges), joined([[0, SLOT_COUNT - 1], ...placed])];
  if (covered === null || all === null || covered.length !== all.length) return false;
  return covered.every(([first, last], index) => first === all[index]![0] && last === all[index]![1]);
}

/** Ascending, without those that touch; null if they overlap, or one ends before it begins. */
function joined(ranges: readonly SlotRange[]): SlotRange[] | null {
  const result: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (last < first || (before !== undefined && first <= before[1])) return null;
    if (before !== undefined && first === before[1] + 1) before[1] = last;
    else result.push([first, last]);
  }
  return result;
}
