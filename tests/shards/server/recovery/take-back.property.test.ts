import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { putVersionsBack, readPastVersions } from '../../../../src/shards/server/recovery/past-versions.ts';
import { beginRestore, cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { settleReferences, takeBack } from '../../../../src/shards/server/recovery/take-back.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { stopClock } from '../../../../src/shards/server/tables/clock-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { statements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { keyOf, TENANTS, TenantHistory, type Tenants, tenantsOf } from './tenant-history.ts';

const runs = propertyRuns(20);

class TakenOut extends Error {}

/** Takes some tenants back to a moment, or begins to and cancels that. */
function restoreSome({ state, session }: LabShard, history: TenantHistory, random: Random): void {
  const chosen = TENANTS.filter(() => random() < 0.6);
  const id = crypto.randomUUID();
  const shardKeys = chosen.length === TENANTS.length ? null : chosen.map(keyOf);
  beginRestore(state, session, { id, shardKeys, target: history.any().version, undoes: null }, 0);
  if (random() < 0.3) {
    stepRestore(state, session);
    if (state.fences.areUp) cancelRestore(state, session, id);
  }
  while (stepRestore(state, session));
  history.note();
}

/** What rows are at a version, of some tenants, the others being as they are. Nothing stays. */
function readAt(
  shard: LabShard,
  version: number,
  shardKeys: readonly ShardKey[] | null,
  checksIndexes = false,
): Tenants {
  const { session, state } = shard;
  let tenants: Tenants = new Map();
  try {
    state.storage.transactionSync(() => {
      stopClock(session);
      const schema = pastSchema(state.model, state.migrations);
      const span = changesSince(session, version, shardKeys);
      const versions = readPastVersions(session, span.without, schema);
      takeBack(session, span, { schema, versions: 'THEN' });
      putVersionsBack(session, versions, version);
      tenants = tenantsOf(shard);
      if (checksIndexes) for (const index of searchIndexes(state.model)) checkIndex(shard, index);
      expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
      throw new TakenOut();
    });
  } catch (error) {
    if (!(error instanceof TakenOut)) throw error;
  } finally {
    settleReferences(session);
  }
  return tenants;
}

it(`rows are taken back to what they were at any commit, among restores too, versions included, and nothing stays of it (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(statements, { minLength: 8, maxLength: 20, size: 'max' }), fc.nat(), (commits, seed) =>
      inNewShard(undoLabModel, undoLabBundle, (shard) => {
        const random = createRandom(seed);
        const history = new TenantHistory(shard, random, commits);
        while (history.commit()) if (random() < 0.3) restoreSome(shard, history, random);
        const log = shard.rows('SELECT count(*), max(seq), max(version) FROM _log');
        const now = tenantsOf(shard);
        for (const [at, moment] of history.moments.entries()) {
          const chosen = TENANTS.filter(() => random() < 0.5);
          const all = random() < 0.5;
          // Until the next commit, rows are as after this one.
          const next = history.moments[at + 1];
          const version = next && random() < 0.5 ? next.version - 1 : moment.version;
          const then = readAt(shard, version, all ? null : chosen.map(keyOf), at === 0);
          for (const tenant of TENANTS) {
            const expected = all || chosen.includes(tenant) ? moment.tenants : now;
            expect(then.get(tenant), tenant).toEqual(expected.get(tenant));
          }
        }
        expect(tenantsOf(shard)).toEqual(now);
        expect(shard.rows('SELECT count(*), max(seq), max(version) FROM _log')).toEqual(log);
      }),
    ),
    runs,
  );
});
