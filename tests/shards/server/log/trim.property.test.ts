import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest';
import { LOG_HOLDS } from '../../../../src/shards/server/log/log-holds.ts';
import { giveUpTrimmed, moveTrimmed } from '../../../../src/shards/server/log/trim-steps.ts';
import { readLogState, writeLogState } from '../../../../src/shards/server/tables/log-state-table.ts';
import { readLastLogSeq } from '../../../../src/shards/server/tables/log-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { trimAtOnce } from './trim-at-once.ts';
import { type HistoryReport, runHistory, type Trim } from './trim-history.ts';
import type { TrimLab } from './trim-lab.ts';

const STEPS = 70;

/** What is wrong with a history with trims, held against the same without. */
async function problemsOf(
  seed: number,
  trim: Trim,
): Promise<{ readonly problems: readonly string[]; readonly trims: number }> {
  const trimmed = await runHistory({ seed, steps: STEPS, trim });
  const { answers } = await runHistory({ seed, steps: STEPS, like: trimmed });
  return { problems: [...trimmed.problems, ...differences(trimmed, answers)], trims: trimmed.trims };
}

function differences({ answers }: HistoryReport, expected: readonly string[]): readonly string[] {
  const at = expected.findIndex((answer, index) => answer !== answers[index]);
  return at < 0 && answers.length === expected.length
    ? []
    : [`Expected answer ${at}: ${expected[at]?.slice(-500)}\nbut got: ${answers[at]?.slice(-500)}`];
}

/** Trims as much as it can at once, without some of the holds. */
const without =
  (...names: readonly string[]): Trim =>
  ({ shard, nowMs }: TrimLab) => {
    const { session, state } = shard;
    const scope = {
      session,
      wallClock: () => nowMs,
      freshness: state.freshness,
      publishes: true,
      isMigrating: () => false,
      leastRetriedVersion: () => null,
    };
    const holds = LOG_HOLDS.filter(({ name }) => !names.includes(name));
    const seqs = holds.map(({ leastSeq }) => leastSeq(scope, readLastLogSeq(session)) ?? Number.POSITIVE_INFINITY);
    trimAtOnce(session, Math.min(...seqs));
  };

/** Trims what a recall has just asked for. */
const passingHold: Trim = (lab) => {
  const { session } = lab.shard;
  const state = readLogState(session);
  writeLogState(session, { ...state, heldVersion: state.trimmedVersion, heldUntilMs: lab.nowMs + 1_000 });
  without('recalled')!(lab);
};

/** Trims a row more than the end of a commit. */
const splitting: Trim = (lab) => {
  without()!(lab);
  const { session } = lab.shard;
  const state = readLogState(session);
  if (state.trimmedSeq + 1 >= readLastLogSeq(session)) return;
  moveTrimmed(session, state, { seq: state.trimmedSeq + 1, version: state.trimmedVersion });
  while (giveUpTrimmed(session, readLogState(session), 0) !== null);
};

describe('trimming', () => {
  const runs = propertyRuns(5);
  const mocks: MockInstance[] = [];
  beforeAll(() => {
    for (const method of ['warn', 'error'] as const) mocks.push(vi.spyOn(console, method).mockImplementation(() => {}));
  });
  afterAll(() => {
    for (const mock of mocks) mock.mockRestore();
  });

  it(`at any moment changes no answer, and the log still leads back (${describeRuns(runs)})`, {
    timeout: 120_000 + 10_000 * runs.numRuns,
  }, async () => {
    let trims = 0;
    for (let at = 0; at < runs.numRuns; at++) {
      const seed = runs.seed + at;
      const found = await problemsOf(seed, null);
      expect(found.problems, `SEED=${seed} RUNS=1`).toEqual([]);
      trims += found.trims;
    }
    // Nothing is shown by histories of which nothing was trimmed.
    expect(trims).toBeGreaterThan(runs.numRuns / 2);
  });

  // Each with the seed of a history that shows it; if histories have changed, one that follows does.
  it.each([
    ['past what is not published', without('unpublished', 'retries'), 1],
    ['past what routers may retry', without('retries'), 5],
    ['past what was recalled', passingHold, 1],
    ['in the middle of a commit', splitting, 1],
  ])('%s is found', async (_, trim, first) => {
    for (let seed = first; seed < first + 40; seed++) {
      const { problems } = await problemsOf(seed, trim);
      if (problems.length > 0) return;
    }
    expect.fail('No history shows it.');
  });
});
