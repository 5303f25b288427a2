/**
 * A cached answer. Immutable; it was true at the `asOf` of its snapshots (V3). Its text is opaque: stores and judge know when
 * an entry was read and what it depends on (by its key), not what it holds.
 */
import { type AnswerState, isCount, type ShardSnapshot } from '../../shards/seen-versions.ts';

export interface Entry extends AnswerState {
  /** The answer as JSON text. */
  readonly text: string;
  /** When the maker sent the call that gave the answer, on the maker's clock, in milliseconds since 1970 (V4). */
  readonly at: number;
  /** Fresh until `at + ttlMs`, served stale by CACHED reads until `at + ttlMs + swrMs`, then dead, however late it was put. */
  readonly ttlMs: number;
  readonly swrMs: number;
  /** Whose clock `at` is of: an isolate, and a stretch of time in which its clock did not step back. */
  readonly maker: string;
}

/** When the entry dies, on its maker's clock. */
export const diesAt = ({ at, ttlMs, swrMs }: Entry): number => at + ttlMs + swrMs;

/**
 * Of two entries of one key, was the first read later than the second? It was if it holds more commits of the shard; if both hold
 * the same, the younger was. Of several shards neither may hold all that the other does, which the age decides too. Versions of
 * different owners cannot be compared: the later epoch was then read later.
 */
export function isLater(a: Entry, b: Entry): boolean {
  const asOfByShard = new Map(b.snapshots.map(({ shard, asOf }) => [shard, asOf]));
  const differences = a.snapshots.map(({ shard, asOf }) => asOf - (asOfByShard.get(shard) ?? Number.NaN));
  if (differences.some(Number.isNaN) && a.epoch !== b.epoch) return a.epoch > b.epoch;
  const holdsMore = differences.some((difference) => difference > 0);
  const holdsLess = differences.some((difference) => difference < 0);
  return holdsMore === holdsLess ? a.at > b.at : holdsMore;
}

/** 1 had one version for all shards. */
const FORMAT = 2;

/** `[format, key, epoch, [shard, asOf, changed, …], at, ttlMs, swrMs, maker, text]`. It holds the key, so that a wrong entry is detected. */
export const encodeEntry = (key: string, { snapshots, epoch, at, ttlMs, swrMs, maker, text }: Entry): string =>
  JSON.stringify([
    FORMAT,
    key,
    epoch,
    snapshots.flatMap(({ shard, asOf, changed }) => [shard, asOf, changed]),
    at,
    ttlMs,
    swrMs,
    maker,
    text,
  ]);

/** Null unless it is an entry of this format for this key: a miss. */
export function decodeEntry(key: string, stored: string): Entry | null {
  try {
    const fields: unknown = JSON.parse(stored);
    if (!Array.isArray(fields) || fields.length !== 9 || fields[0] !== FORMAT || fields[1] !== key) return null;
    const [, , epoch, flat, at, ttlMs, swrMs, maker, text] = fields as readonly unknown[];
    const snapshots = decodeSnapshots(flat);
    if (snapshots === null || ![epoch, at, ttlMs, swrMs].every(isCount)) return null;
    if (typeof maker !== 'string' || typeof text !== 'string') return null;
    return { text, snapshots, epoch, at, ttlMs, swrMs, maker } as Entry;
  } catch {
    return null;
  }
}

function decodeSnapshots(flat: unknown): ShardSnapshot[] | null {
  if (!Array.isArray(flat) || flat.length === 0 || flat.length % 3 !== 0) return null;
  const snapshots: ShardSnapshot[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    const [shard, asOf, changed] = flat.slice(at, at + 3);
    if (typeof shard !== 'string' || !isCount(asOf) || !isCount(changed)) return null;
    snapshots.push({ shard, asOf, changed });
  }
  return snapshots;
}
