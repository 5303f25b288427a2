/**
 * Invalidation events, and audits of whether they were of use: what travels through the Queue after a write. They carry no change, only where to look: the shard
 * itself knows what it has not published yet, so lost, doubled and reordered events do no harm.
 */
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

export interface InvalidationEvent {
  /** Name of the shard that committed the write. */
  readonly shard: string;
  /** Shard keys that the write changed; at least one. */
  readonly shardKeys: readonly ShardKey[];
  /** Version of the commit. */
  readonly version: Version;
  /**
   * Nothing is to be published: it is to be looked at whether cached reads show the commit, which is this old now, in
   * milliseconds. A consumer of the release before publishes all the same, which does no harm.
   */
  readonly auditAgeMs?: number;
  /** Of the request's trace, if that is recorded: see `readTraceContext`. Absent: it is not. */
  readonly traceparent?: string | undefined;
}

/** After these times, in milliseconds, a sampled commit is audited. */
export const AUDIT_AGES_MS = [1_000, 5_000, 60_000] as const;

const FORMAT = 1;

/** Greatest size of a message, in bytes, with room for the platform's own (developers.cloudflare.com/queues/platform/limits: 128,000). */
export const MAX_EVENT_BYTES = 100_000;

/** The body of a message. Fields are only ever added: consumers of the release before must understand it. */
export const encodeInvalidation = ({
  shard,
  shardKeys,
  version,
  auditAgeMs,
  traceparent,
}: InvalidationEvent): unknown => ({
  v: FORMAT,
  shard,
  shardKeys,
  version,
  ...(auditAgeMs !== undefined && { auditAgeMs }),
  ...(traceparent !== undefined && { traceparent }),
});

/** Null for what no release up to this one writes: not ours to decide on, so it is retried and ends among the dead letters. */
export function decodeInvalidation(body: unknown): InvalidationEvent | null {
  if (typeof body !== 'object' || body === null) return null;
  const { v, shard, shardKeys, version, auditAgeMs, traceparent } = body as Record<string, unknown>;
  const isKnown =
    v === FORMAT &&
    typeof shard === 'string' &&
    Array.isArray(shardKeys) &&
    shardKeys.length > 0 &&
    shardKeys.every((key) => typeof key === 'string') &&
    Number.isSafeInteger(version);
  if (!isKnown) return null;
  return {
    shard,
    shardKeys: shardKeys as ShardKey[],
    version: version as Version,
    ...(Number.isSafeInteger(auditAgeMs) && { auditAgeMs: auditAgeMs as number }),
    ...(typeof traceparent === 'string' && { traceparent }),
  };
}
