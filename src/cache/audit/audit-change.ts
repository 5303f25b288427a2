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

/** How an audit reads: from KV as another isolate would, and from the shards what is true. */
export interface AuditReads {
  readonly cache: Pick<IsolateCache, 'model' | 'clock' | 'settings'>;
  readonly kv: KvStore;
  readonly askShards: AskShards;
}

/** What was found of one entry. */
export interface AuditedEntry {
  readonly key: EntryKey;
  readonly result: AuditResult;
  /** Of the entry; null: there is none. */
  readonly asOf: Version | null;
}

const CACHED: Requirement = { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN };
/** No entry was made by the clock of this name: all are judged as those of other isolates. */
const NO_MAKER = 'audit';

/**
 * Looks at the entry of a changed row, and at those of lists that look at its table.
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
      // Whatever was committed up to its asOf is in an entry (V3).
      const isServed = verdict === 'fresh' || verdict === 'stale';
      const isOld = isServed && leastAsOf(entry) < version;
      const result = isOld ? await compare(entry, key, read[index]!, version, reads) : 'consistent';
      return { key, result, asOf: leastAsOf(entry) };
    }),
  );
}

/** An entry that is served was read before the change: is that to be seen in it? */
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
  // The difference may be that of a later change, which had less time to become known.
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
