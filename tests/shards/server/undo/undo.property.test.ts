import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { readLastLogSeq, readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { commitStatements, FIRST_ROWS, type Step, stateOf, steps } from './lab-history.ts';
import { undoIn } from './undo-in.ts';
import { undoLabBundle, undoLabModel } from './undo-lab.ts';
import { countBack, expectedUndo, type LabState, stateAfter } from './undo-oracle.ts';

/** A commit, and the tables before and after it. */
interface Made {
  readonly origin: string;
  readonly version: number;
  readonly before: LabState;
  readonly after: LabState;
}

const runs = propertyRuns(20);

it(`rows go back as an oracle says, whatever was written since (${describeRuns(runs)})`, {
  timeout: 60_000 + 3_000 * runs.numRuns,
}, async () => {
  const counts = { undos: 0, changed: 0, left: 0 };
  await fc.assert(
    fc.asyncProperty(steps, (history) =>
      inNewShard(undoLabModel, undoLabBundle, (shard) => {
        const made: Made[] = [];
        for (const step of [FIRST_ROWS, ...history]) {
          const before = stateOf(shard);
          const [origin, version] = apply(shard, made, step, counts);
          if (version !== null) made.push({ origin, version, before, after: stateOf(shard) });
        }
        for (const index of searchIndexes(undoLabModel)) checkIndex(shard, index);
        replayBackwards(shard, made);
      }),
    ),
    runs,
  );
  expect(counts.undos).toBeGreaterThan(runs.numRuns);
  expect(counts.changed).toBeGreaterThan(runs.numRuns / 2);
  expect(counts.left).toBeGreaterThan(runs.numRuns / 10);
});

/** Gives the origin and the version of the commit; null: none was made. */
function apply(
  shard: LabShard,
  made: readonly Made[],
  step: Step,
  counts: { undos: number; changed: number; left: number },
): [origin: string, version: number | null] {
  const origin = crypto.randomUUID();
  if (!('undo' in step)) return [origin, commitStatements(shard, origin, step)];
  const undone = made.at(-1 - step.undo);
  // Nothing was logged.
  if (undone === undefined || !shard.value('SELECT count(*) FROM _log WHERE version = ?', undone.version)) {
    return [origin, null];
  }
  const now = stateOf(shard);
  const expected = expectedUndo(undone.before, undone.after, now, undone.version);
  const undo = undoIn(shard, undone);
  const state = stateOf(shard);
  expect(state).toEqual(stateAfter(expected, now, undo.version));
  expect(undo.version).toBeGreaterThan(undone.version);
  expect(undo).toMatchObject(countBack(expected, now));
  // Rows that the operation set several times, at last to what they were, may be listed although nothing is to be done.
  const placesLeft = new Set(
    undo.conflicts.rows.map(({ table, key }) => `${table === 'Branch' ? 'nodes' : 'leaves'} ${key.id}`),
  );
  for (const place of expected.left) expect(placesLeft).toContain(place);
  for (const place of placesLeft) {
    if (expected.left.has(place)) continue;
    expect(undone.after.get(place)?.values).toEqual(undone.before.get(place)?.values);
  }
  counts.undos++;
  counts.changed += expected.changed.size;
  counts.left += expected.left.size;
  return [undo.origin, undo.version];
}

/** The log, undone row by row, gives each state before: that of the undos is as good as any. */
function replayBackwards(shard: LabShard, made: readonly Made[]): void {
  dropTriggers(shard.session);
  for (const { version, before } of made.toReversed()) {
    shard.state.storage.transactionSync(() => {
      shard.sql.exec('PRAGMA defer_foreign_keys = ON');
      const seq = shard.value('SELECT max(seq) FROM _log WHERE version < ?', version) as number | null;
      for (const row of readLogBackwards(shard.session, seq ?? 0, readLastLogSeq(shard.session))) {
        undoLogRow(shard.session, row);
      }
      shard.sql.exec('DELETE FROM _log WHERE seq > ?', seq ?? 0);
    });
    expect(stateOf(shard)).toEqual(before);
  }
}
