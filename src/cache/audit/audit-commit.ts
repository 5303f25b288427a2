import { report } from '../../events/report.ts';
import { AUDIT_RESULTS } from '../../shards/audit-count.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { shortHash } from '../../shards/kv-key.ts';
import type { Version } from '../../shards/version.ts';
import { type AuditedEntry, type AuditReads, auditChange } from './audit-change.ts';

type AuditedShards = Pick<ShardClient, 'sampleChanges' | 'recordAudits'>;

interface AuditedCommit {
  readonly shard: string;
  readonly version: Version;
  /** Its age now, at least, in milliseconds. */
  readonly ageMs: number;
}

/**
 * Checks whether cached reads show what a commit changed, as a client of another isolate would see it. Each entry that is
 * served although it misses the change is reported, without values of rows, and counted.
 */
export async function auditCommit(commit: AuditedCommit, shards: AuditedShards, reads: AuditReads): Promise<void> {
  const { shard, version, ageMs } = commit;
  const changes = await shards.sampleChanges(shard, version);
  const audited = (await Promise.all(changes.map((change) => auditChange(change, version, reads)))).flat();
  for (const entry of audited) if (entry.result === 'inconsistent') await reportInconsistency(commit, entry);
  const counts = AUDIT_RESULTS.map((result) => ({
    ageMs,
    result,
    count: audited.filter((entry) => entry.result === result).length,
  }));
  await shards.recordAudits(
    shard,
    counts.filter(({ count }) => count > 0),
  );
}

async function reportInconsistency(
  { shard, version, ageMs }: AuditedCommit,
  { key, asOf }: AuditedEntry,
): Promise<void> {
  const { kind, table } = key;
  const [shardKeyHash, keyHash] = await Promise.all([shortHash(key.shardKey ?? ''), key.kvKey().then(shortHash)]);
  report({
    type: 'cache-inconsistency',
    shard,
    table,
    kind,
    shardKeyHash,
    keyHash,
    version,
    asOf,
    ageMs,
  });
}
