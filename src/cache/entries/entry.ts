/**
 * A cached answer. Immutable; what it says was true at the shard's version `asOf`. Its text is opaque: whoever keeps
 * entries knows when they were read and what they depend on (its key tells), not what is in them.
 */
import type { Version } from '../../shards/version.ts';

export interface Entry {
  /** The answer as JSON text. */
  readonly text: string;
  /** Every commit of the answer's shard up to this version is in it (V3). For several shards: the least of them. */
  readonly asOf: Version;
  /** Version of the last commit that the answer shows something of, or an upper bound. What a session has seen with it. */
  readonly changed: Version;
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

const FORMAT = 1;

/** `[format, key, asOf, changed, at, ttlMs, swrMs, maker, text]`. The key is in it, so that a wrong entry is found out. */
export const encodeEntry = (key: string, { asOf, changed, at, ttlMs, swrMs, maker, text }: Entry): string =>
  JSON.stringify([FORMAT, key, asOf, changed, at, ttlMs, swrMs, maker, text]);

/** Null for what is no entry of this format for this key: a miss. */
export function decodeEntry(key: string, stored: string): Entry | null {
  try {
    const fields: unknown = JSON.parse(stored);
    if (!Array.isArray(fields) || fields.length !== 9 || fields[0] !== FORMAT || fields[1] !== key) return null;
    const [, , asOf, changed, at, ttlMs, swrMs, maker, text] = fields as readonly unknown[];
    const numbers = [asOf, changed, at, ttlMs, swrMs];
    if (!numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0)) return null;
    if (typeof maker !== 'string' || typeof text !== 'string') return null;
    return { text, asOf, changed, at, ttlMs, swrMs, maker } as Entry;
  } catch {
    return null;
  }
}
