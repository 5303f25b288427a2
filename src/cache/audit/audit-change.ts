import type { AuditResult } from '../../shards/audit-count.ts';
import { compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, oneNode } from '../../shards/plan/node.ts';
import { type AskShards, askAgain, type Read } from '../../shards/plan/read.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import type { SampledChange } from '../../shards/protocol/shard-rpc.ts';
import { leastAsOf, NOTHING_SEEN } from '../../shards/seen-versions.ts';
import type { Version } from '../../shards/version.ts';
import type { Entry } from '../entries/entry.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';
import { judgeEntry, type StampKnowledge } from '../entries/judge-entry.ts';
import { rowEntryPlan } from '../entries/row-entry.ts';
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
  const { shardKey } = change;
  const read = [rowRead(change, reads), ...change.lists.map(askAgain)];
  const keys = read.map(({ plan, values, keys: [key] }) =>
    new EntryKeyMaker(cache.model, plan, values, true).make(key!, shardKey),
  );
  const lookup = await kv.getMany(keys, new Set([shardKey]));
  if (lookup === null) throw new Error('Expected KV to answer, but it failed or took too long.');
  const stamps = lookup.stamps.get(shardKey) ?? null;
  const knowledge: StampKnowledge = stamps === null ? { state: 'unknown' } : { state: 'known', stamps };
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
  read: Read,
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

function rowRead({ table: type, key, shardKey }: SampledChange, { cache: { model } }: AuditReads): Read {
  const match = matchOn(model.table(type).primaryKey.names);
  const row = compilePlan(oneNode(rowsOf(type, { access: EVERYTHING }), { ...match, columns: [] }));
  return { plan: row.derived(rowEntryPlan, model), values: [], keys: [key], shardKeys: [shardKey] };
}
