import type { CachePolicy } from '../../../src/model/types.ts';

export type Release = 'present' | 'next';

/** What a test tells a Worker. */
export type Command =
  /** Its clock is so much ahead of the machine's. */
  | { readonly kind: 'time'; readonly skewMs: number }
  /** It is replaced by a new isolate. */
  | { readonly kind: 'deploy'; readonly release: Release; readonly policy: Partial<CachePolicy> }
  /** Entries that were sent to KV land now. */
  | { readonly kind: 'land' }
  /** Shards that start from now on are of this release. */
  | { readonly kind: 'release'; readonly release: Release; readonly policy: Partial<CachePolicy> }
  /** The next so many writes are committed, durably, and then their shard is lost. */
  | { readonly kind: 'abort-after-commit'; readonly count: number }
  /** The shards' alarms go off. */
  | { readonly kind: 'publish'; readonly shards: readonly string[] }
  /** A shard starts anew, on a clock that is so much ahead. */
  | { readonly kind: 'crash'; readonly shard: string; readonly clockErrorMs: number };
