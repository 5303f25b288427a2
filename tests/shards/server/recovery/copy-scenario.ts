/** A random history of copies under other shard keys, held to what their tenants were. It throws what it finds. */
import { keyRowsPage } from '../../../../src/shards/server/backup/key-rows-page.ts';
import { pastPage } from '../../../../src/shards/server/backup/past-page.ts';
import { Copier } from '../../../../src/shards/server/recovery/copy/copier.ts';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { beginRestore, cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { toldRestore } from '../../../../src/shards/server/recovery/told-restore.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { countCopiedRows } from '../../../../src/shards/server/tables/copied-rows-table.ts';
import { addShardKey } from '../../../../src/shards/server/tables/keys-table.ts';
import { countChanges } from '../../../../src/shards/server/tables/log-spans.ts';
import { lastMigration } from '../../../../src/shards/server/tables/migrations-table.ts';
import { findRestore } from '../../../../src/shards/server/tables/restores-table.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { below, pick, type Random } from '../../../support/random.ts';
import type { LabShard } from '../lab-shard-class.ts';
import { checkIndex } from '../search/index-content.ts';
import type { Statement } from '../undo/lab-history.ts';
import { contentOf, keyOf, TENANTS, TenantHistory, tenantOf, tenantsOf } from './tenant-history.ts';

export interface CopyCounts {
  copies: number;
  cancelled: number;
  undone: number;
  /** Copies that have turned round, as a row's key was changed while it was read. */
  missed: number;
}

/** Three copies of random tenants as of random moments, while they are written to; some are cancelled, some undone. */
export async function runCopies(
  shard: LabShard,
  commits: Iterable<readonly Statement[]>,
  random: Random,
  counts: CopyCounts,
): Promise<void> {
  const history = new TenantHistory(shard, random, commits);
  for (let at = 0; at < 8; at++) history.commit();
  for (let round = 0; round < 3; round++) {
    for (let at = 0; at < 3; at++) history.commitOutside([], new Map());
    await copyOne(shard, history, random, `copy ${round}`, counts);
  }
  for (const index of searchIndexes(shard.state.model)) checkIndex(shard, index);
}

async function copyOne(
  shard: LabShard,
  history: TenantHistory,
  random: Random,
  as: string,
  counts: CopyCounts,
): Promise<void> {
  const { session, state } = shard;
  const tenant = pick(random, TENANTS);
  const moment = history.any();
  const expected = contentOf(moment.tenants.get(tenant));
  const copier = copierOf(shard, random);
  addShardKey(session, keyOf(as), slotOf(keyOf(as)));
  const id = crypto.randomUUID();
  const target = { copyOf: { shardKey: keyOf(tenant), shard: 'own' }, as: keyOf(as), version: moment.version };
  requireSame(copier.begin(id, target, true), null, 'a check that begins nothing');
  copier.begin(id, target, false);
  counts.copies++;
  let cancelAfter = random() < 0.25 ? below(random, 12) : -1;
  const isCancelled = cancelAfter >= 0;
  for (let restore = findRestore(session, id)!; restore.endedAtMs === null; restore = findRestore(session, id)!) {
    requireSame(state.fences.hold([keyOf(as)]), true, 'the new shard key behind the fence');
    const hasRows = tenantOf(shard, as).size > 0;
    requireSame(!hasRows || state.fences.hold(null), true, 'rows of a half copy behind the fence');
    if (cancelAfter-- === 0 && restore.state === 'RUNNING') cancelRestore(state, session, id);
    // As after a crash: what is stored is all there is.
    if (random() < 0.3) state.fences.renew(session);
    const before = tenantsOf(shard);
    // What was begun twice at the same time is done once.
    const again = random() < 0.2 ? copier.step(restore) : null;
    const isDone = await copier.step(findRestore(session, id)!);
    await again;
    if (!isDone) stepRestore(state, session);
    requireSame(mapped(tenantsOf(shard)), mapped(before), 'all other tenants');
    requireSame(shard.rows('PRAGMA foreign_key_check'), [], 'rows without what they refer to');
    if (random() < 0.4) history.commitOutside([], new Map());
  }
  const { state: ended, startVersion, problem } = toldRestore(session, findRestore(session, id)!);
  requireSame(countCopiedRows(session, id), 0, 'rows that are on their way');
  if (ended === 'DONE') requireSame(contentOf(tenantOf(shard, as)), expected, `${tenant} as of ${moment.version}`);
  else {
    requireSame(contentOf(tenantOf(shard, as)), [], 'nothing');
    if (isCancelled) counts.cancelled++;
    else if (expected.length > 0) {
      requireSame(problem?.code, 'CONFLICT', `a copy that missed a row (${problem?.message})`);
      counts.missed++;
    } else requireSame(problem?.code, 'NOT_FOUND', 'a copy of nothing');
    return;
  }
  if (random() < 0.5) return;
  counts.undone++;
  const span = changesSince(session, startVersion, [keyOf(as)]);
  const total = countChanges(session, span, 1_000);
  beginRestore(state, session, { id: `undo ${id}`, shardKeys: [keyOf(as)], target: startVersion, undoes: id }, total);
  while (state.fences.areUp) stepRestore(state, session);
  requireSame(contentOf(tenantOf(shard, as)), [], 'nothing once it is undone');
}

/** Its pages and steps are small. */
function copierOf({ state, session }: LabShard, random: Random): Copier {
  return new Copier({
    shard: () => state,
    limits: { rows: 1 + below(random, 3), bytes: 200 },
    ask: async (_, request) => {
      const { model, migrations } = state;
      // Others write while it is on its way.
      await Promise.resolve();
      const migration = lastMigration(session);
      if (request.part === 'key-rows') {
        const table = model.tables.find(({ sqlName }) => sqlName === request.table)!;
        const limits = { rows: 1 + below(random, 3), bytes: 10_000 };
        const page = keyRowsPage(session, model, table, request.shardKey, request.after, limits);
        return { status: 'OK', page: { ...page, migration } };
      }
      if (request.part !== 'past') throw new Error(`Expected a page, but got a request for ${request.part}.`);
      const limits = { changes: 1 + below(random, 4), bytes: 10_000, logRows: 1 + below(random, 10) };
      const { version, shardKeys, upTo } = request;
      const page = pastPage(session, pastSchema(model, migrations), migration, version, shardKeys, upTo, limits);
      return { status: 'OK', page: { ...page, migration } };
    },
  });
}

const mapped = (tenants: ReturnType<typeof tenantsOf>) =>
  [...tenants].map(([tenant, state]) => [tenant, contentOf(state)]);

function requireSame(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`Expected ${what}: ${right}, but got ${left}.`);
}
