/**
 * Commit versions: a hybrid logical clock packed into one safe integer, milliseconds since 2024-01-01 UTC × 4096 +
 * counter (< 2^53 until 2093). See Kulkarni et al., "Logical Physical Clocks" (2014).
 */

const EPOCH_MS = Date.UTC(2024, 0, 1);
const TICKS_PER_MS = 4096;

/** A commit version, or an `asOf`. Strictly increasing per shard. */
export type Version = number;

/** The least version of the given wall-clock time (milliseconds since 1970). */
export const versionAt = (wallMs: number): Version => Math.max(0, Math.floor(wallMs - EPOCH_MS)) * TICKS_PER_MS;

/** Wall-clock time of a version, in milliseconds since 1970. */
export const versionToMs = (version: Version): number => Math.floor(version / TICKS_PER_MS) + EPOCH_MS;

/** The GraphQL form (scalar `Version`): decimal digits. Clients must treat it as opaque. */
export const versionToText = (version: Version): string => String(version);

/** Parses the GraphQL form; `null` unless it is a version that could have been given out. */
export const textToVersion = (text: string): Version | null => {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const version = Number(text);
  return Number.isSafeInteger(version) ? version : null;
};
