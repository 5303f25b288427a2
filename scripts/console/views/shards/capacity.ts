import type { Shard } from '../../operations/shards.ts';
import type { Tone } from '../../parts/tag.tsx';

/** The platform's, of one shard; settings may end it sooner. */
export const PLATFORM_BYTES = 10_000_000_000;

const TONES: Readonly<Record<NonNullable<Shard['level']>, Tone>> = {
  OK: 'good',
  WARN: 'warn',
  PLAN: 'warn',
  FULL: 'bad',
};

export const toneOf = ({ level }: Shard): Tone => (level === null ? 'plain' : TONES[level]);

/** Those that nobody knows the size of come last. */
export const fullestFirst = (shards: readonly Shard[]): Shard[] =>
  [...shards].sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1));
