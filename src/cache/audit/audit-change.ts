import type { PlanNode } from '../../shards/plan.ts';
import type { AuditResult, HandedCall, SampledChange } from '../../shards/protocol.ts';
import { leastAsOf, NOTHING_SEEN } from '../../shards/seen-versions.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { AskShards, ShardRead } from '../../shards/shard-read.ts';
import type { Version } from '../../shards/version.ts';
import type { Entry } from '../entries/entry.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';
import { judgeEntry } from '../entries/judge-entry.ts';
import { rowEntryNode } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { Requirement } from '../requirement.ts';
import type { KvStore } from '../stores/kv-store.ts';

/** What an audit compares: KV, read as another isolate would, and the shards. */
export interface AuditReads {
  readonly cache: Pick<IsolateCache, 'model' | 'clock' | 'settings'>;
  readonly kv: KvStore;
  readonly askShards: AskShards;
}

/** The finding about one entry. */
export interface AuditedEntry {
  readonly key: EntryKey;
  readonly result: AuditResult;
  /** Of the entry; null: there is none. */
  readonly asOf: Version | null;
}

const CACHED: Requirement = { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN };
/** Made no entry, so all are judged as made by other isolates. */
const NO_MAKER = 'audit';

/**
 * Audits the entry of a changed row, and the entries of lists over its table.
 *
 * @throws Error if KV does not answer.
 */
export async function auditChange(change: SampledChange, version: Version, reads: AuditReads): Promise<AuditedEntry[]> {
  const { cache, kv } = reads;
  const shardKey = change.shardKey as ShardKey;
  const read = [rowRead(change, reads), ...change.lists.map(listRead)];
  const keys = read.map(({ node, values, keys: [key] }) =>
    new EntryKeyMaker(cache.model, node, values, true).make(key!, shardKey),
  );
  const lookup = await kv.getMany(keys, new Set([shardKey]));
  if (lookup === null) throw new Error('Expected KV to answer, but it failed or took too long.');
  const knowledge = lookup.stamps.get(shardKey) ?? { state: 'none' };
  const nowMs = cache.clock.now();
  const moment = {
    requestStartMs: nowMs,
    nowMs,
    clock: NO_MAKER,
    uncertaintyMs: cache.settings.clockUncertaintyMs,
  };
  return await Promise.all(
    keys.map(async (key, index): Promise<AuditedEntry> => {
      const entry = lookup.entries.get(key);
      if (entry === undefined) return { key, result: 'absent', asOf: null };
      const verdict = judgeEntry(entry, key, knowledge, CACHED, moment);
      // An entry holds every commit up to its asOf (V3).
      const isServed = verdict === 'fresh' || verdict === 'stale';
      const isOld = isServed && leastAsOf(entry) < version;
      const result = isOld ? await compare(entry, key, read[index]!, version, reads) : 'consistent';
      return { key, result, asOf: leastAsOf(entry) };
    }),
  );
}

/** Whether an entry that is served, and was read before the change, differs from the shard's present answer. */
async function compare(
  entry: Entry,
  key: EntryKey,
  read: ShardRead,
  version: Version,
  { askShards }: AuditReads,
): Promise<AuditResult> {
  // The row itself has changed, be it only in its version.
  if (key.kind === 'row') return 'inconsistent';
  const [now] = await askShards({ ...read, cacheable: false });
  if (JSON.stringify(now!.answer) === entry.text) return 'consistent';
  // The difference may come from a later change, which had less time to spread.
  return now!.snapshots[0]!.changed <= version ? 'inconsistent' : 'unclear';
}

function rowRead({ table: type, key, shardKey }: SampledChange, { cache: { model } }: AuditReads): ShardRead {
  const match = model.table(type).primaryKey.names;
  const node: PlanNode = {
    ...{ table: type, match, through: null, computed: [], columns: [] },
    ...{ filter: null, page: null, relations: [] },
  };
  return { node: rowEntryNode(model, node), values: [], keys: [key], shardKeys: [shardKey as ShardKey] };
}

const listRead = ({ plan, values, key, shardKey }: HandedCall): ShardRead => ({
  node: JSON.parse(plan) as PlanNode,
  values,
  keys: [key],
  shardKeys: [shardKey as ShardKey],
});
