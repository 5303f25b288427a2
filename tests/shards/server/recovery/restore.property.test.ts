import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { beginRestore, cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { survey } from '../../../../src/shards/server/recovery/survey.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { findRestore } from '../../../../src/shards/server/tables/restores-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { below, createRandom, type Random } from '../../../support/random.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { statements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { contentOf, keyOf, TENANTS, TenantHistory, type Tenants, tenantsOf } from './tenant-history.ts';

const runs = propertyRuns(40);

it(`restores give the content of their time and nothing else, whatever is written beside them; undone and cancelled ones give back what was (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  const counts = { restores: 0, cancelled: 0, undone: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(statements, { minLength: 16, maxLength: 40, size: 'max' }), fc.nat(), (commits, seed) =>
      inNewShard(undoLabModel, undoLabBundle, (shard) => {
        const random = createRandom(seed);
        const history = new TenantHistory(shard, random, commits);
        for (let at = 0; at < 6; at++) history.commit();
        for (let round = 0; round < 3; round++) {
          for (let at = 0; at < 3; at++) history.commit();
          const chosen = TENANTS.filter(() => random() < 0.5);
          const tenants = chosen.length === 0 ? TENANTS : chosen;
          const moment = history.any();
          const before = tenantsOf(shard);
          const lastVersion = shard.state.clock.last;
          const isCancelled = random() < 0.3;
          const id = restore(shard, history, random, { target: moment.version, tenants, isCancelled });
          counts.restores++;
          expectContent(shard, tenants, isCancelled ? before : moment.tenants);
          expectNewVersions(shard, lastVersion, tenants, before);
          if (isCancelled) counts.cancelled++;
          else if (random() < 0.5) {
            counts.undone++;
            const { startVersion } = findRestore(shard.session, id)!;
            restore(shard, history, random, { target: startVersion, tenants, isCancelled: false });
            expectContent(shard, tenants, before);
          }
          history.note();
        }
        for (const index of searchIndexes(undoLabModel)) checkIndex(shard, index);
        expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
      }),
    ),
    runs,
  );
  expect(counts.cancelled).toBeGreaterThan(runs.numRuns / 4);
  expect(counts.undone).toBeGreaterThan(runs.numRuns / 4);
});

interface Asked {
  readonly target: number;
  readonly tenants: readonly string[];
  readonly isCancelled: boolean;
}

/** Restores tenants step by step; others are written to, and the shard loses its memory, in between. Gives the id. */
function restore(shard: LabShard, history: TenantHistory, random: Random, asked: Asked): string {
  const { session, state } = shard;
  const { target, tenants, isCancelled } = asked;
  const id = crypto.randomUUID();
  const shardKeys = tenants.length === TENANTS.length ? null : tenants.map(keyOf);
  const surveyed = survey(session, pastSchema(state.model, state.migrations), changesSince(session, target, shardKeys));
  let total = surveyed.next();
  while (!total.done) total = surveyed.next();
  beginRestore(state, session, { id, shardKeys, target, undoes: null }, total.value as number);
  const before = tenantsOf(shard);
  const limits = { changes: 1 + below(random, 6), bytes: 1_000, logRows: 1 + below(random, 20) };
  const others = contentsOf(shard, tenants, false);
  let cancelAfter = isCancelled ? below(random, 4) : -1;
  let written = false;
  for (;;) {
    if (cancelAfter-- === 0 && findRestore(session, id)!.state === 'RUNNING') cancelRestore(state, session, id);
    expect(state.fences.hold(tenants.map(keyOf))).toBe(true);
    if (random() < 0.3) {
      history.commitOutside(tenants, before);
      written = true;
    }
    // As after a crash: what is stored is all there is.
    if (random() < 0.3) state.fences.renew(session);
    stepRestore(state, session, limits);
    // Each step ends at a state that there was after some commit: only such states are whole.
    const now = tenantsOf(shard);
    for (const tenant of tenants) expect(history.hasExisted(tenant, now.get(tenant)), tenant).toBe(true);
    expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
    if (!state.fences.areUp) break;
  }
  const ended = findRestore(session, id)!;
  if (ended.state === 'DONE') expect(ended.takenBack).toBe(total.value);
  if (!written) expect(contentsOf(shard, tenants, false)).toEqual(others);
  if (isCancelled && ended.state === 'DONE') {
    // It had ended before it could be cancelled: so it is undone.
    restore(shard, history, random, { target: ended.startVersion, tenants, isCancelled: false });
  }
  return id;
}

const contentsOf = (shard: LabShard, tenants: readonly string[], areMeant: boolean) =>
  TENANTS.filter((tenant) => tenants.includes(tenant) === areMeant).map((tenant) =>
    contentOf(tenantsOf(shard).get(tenant)),
  );

function expectContent(shard: LabShard, tenants: readonly string[], expected: Tenants): void {
  const now = tenantsOf(shard);
  for (const tenant of tenants) expect(contentOf(now.get(tenant)), tenant).toEqual(contentOf(expected.get(tenant)));
}

/** A row that differs from what it was has a version that no row had before. */
function expectNewVersions(shard: LabShard, last: number, tenants: readonly string[], before: Tenants): void {
  const now = tenantsOf(shard);
  for (const tenant of tenants) {
    for (const [place, row] of now.get(tenant)!) {
      const was = before.get(tenant)!.get(place);
      if (JSON.stringify(was?.values) !== JSON.stringify(row.values)) expect(row.version).toBeGreaterThan(last);
    }
  }
}
