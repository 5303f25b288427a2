import type { ShardKey } from './shard-key.ts';

/** Number of slots. A slot is the unit of placement and of moving. Same count and hash as Redis Cluster. */
export const SLOT_COUNT = 16384;

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

export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ CRC_TABLE[((crc >> 8) ^ byte) & 0xff]!;
  return crc;
}

/** The slot of a shard key: CRC-16/XMODEM over the UTF-8 bytes of its canonical text, modulo 16384. */
export const slotOf = (key: ShardKey): number => crc16(encoder.encode(key)) % SLOT_COUNT;

/** True if the ranges cover every slot exactly once (R2): nothing missing, nothing twice. */
export function isExactCover(ranges: readonly SlotRange[]): boolean {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  let next = 0;
  for (const [first, last] of sorted) {
    if (first !== next || last < first) return false;
    next = last + 1;
  }
  return next === SLOT_COUNT;
}
