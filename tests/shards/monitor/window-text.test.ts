import { afterEach, describe, expect, it, vi } from 'vitest';
import { ERROR_CODES } from '../../../src/shards/errors.ts';
import type { Counts, OperationCounts } from '../../../src/shards/isolate-report.ts';
import { OPERATION_MODES, OPERATION_SOURCES } from '../../../src/shards/isolate-report.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import { summaryOf } from '../../../src/shards/monitor/window.ts';
import { WINDOW_LEVELS, type WindowLevel } from '../../../src/shards/monitor/window-levels.ts';
import { windowText } from '../../../src/shards/monitor/window-text.ts';
import { NO_COUNTS, Tally } from '../../../src/shards/tally.ts';
import { USAGE_NAMES, type Usage } from '../../../src/shards/usage.ts';
import { keyOf, operationOf, reportOf, sketchOf } from '../../support/monitoring/make-report.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';

const GREAT = 123_456_789;

/** In more bins than a sketch keeps. */
const WIDE = sketchOf(Array.from({ length: 1_400 }, (_, at) => 1.02 ** at / 1_000));
const CODES = Object.fromEntries(ERROR_CODES.map((code) => [code, GREAT]));
const USAGE = Object.fromEntries(USAGE_NAMES.map((name) => [name, GREAT])) as Usage;

/** Of each as many as there may be, with the longest texts and the greatest numbers. */
function greatest({ operations, shards, keys, tables }: WindowLevel['limits']): Counts {
  const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
  const parts = (at: number): Partial<OperationCounts> => ({
    ...{ mode: OPERATION_MODES[at % 5]!, source: OPERATION_SOURCES[at % 4]!, role: 'administrator' },
    ...{ requests: GREAT, failed: GREAT, errors: CODES, latency: WIDE, usage: USAGE },
  });
  const tally = new Tally({ operations, shards, keys, tables });
  tally.add({
    ...NO_COUNTS,
    operations: many(operations + 100, (at) =>
      operationOf({ hash: `${at}`.padStart(16, 'a'), name: `${at}`.padEnd(100, 'n'), ...parts(at) }),
    ),
    shards: many(shards + 1, (at) => ({
      ...{ shard: `shard-${at}`, calls: GREAT, refused: GREAT, failed: GREAT, codes: CODES, latency: WIDE },
      ...{ maxInFlight: GREAT, rowsRead: GREAT, rowsWritten: GREAT },
    })),
    // JSON has six bytes for each half of a pair of surrogates.
    keys: many(keys + 1, (at) => keyOf(`${'\ud83d'.repeat(240)}${at}`, { requests: GREAT, usage: USAGE })),
    tables: many(tables + 1, (at) => ({
      table: `Table${at}`.padEnd(60, 'x'),
      answers: Object.fromEntries(
        ['memory', 'kv', 'shard'].map((layer) => [layer, { hit: GREAT, miss: GREAT, fill: GREAT }]),
      ),
    })),
  });
  return tally.toCounts();
}

const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength;
const requestsOf = ({ operations }: Counts) => operations.reduce((sum, { requests }) => sum + requests, 0);

afterEach(() => void vi.restoreAllMocks());

describe('the row of a window', () => {
  it.each(WINDOW_LEVELS)('has no more than its bytes, whatever there is to count: level $index', (level) => {
    const counts = greatest(level.limits);
    const text = windowText({ counts, lag: NO_LAGS }, level);
    expect(JSON.stringify(counts).length).toBeGreaterThan(4 * level.maxBytes);
    expect(bytesOf(text)).toBeLessThanOrEqual(level.maxBytes);
    const stored: Counts = JSON.parse(text).counts;
    expect(requestsOf(stored)).toBe(requestsOf(counts));
    const errors = stored.operations.flatMap((each) => Object.values(each.errors));
    expect(errors.reduce((sum, times) => sum + times, 0)).toBe(requestsOf(counts) * ERROR_CODES.length);
    expect(stored.keys.reduce((sum, { requests }) => sum + requests, 0)).toBe(GREAT * (level.limits.keys + 1));
    expect(stored.shards.reduce((sum, { calls }) => sum + calls, 0)).toBe(GREAT * (level.limits.shards + 1));
  });

  it('makes less than 200 MB of all windows together', () => {
    const all = WINDOW_LEVELS.map((level) => {
      const summary = JSON.stringify(summaryOf({ counts: greatest(level.limits), lag: NO_LAGS }));
      return (level.keptMs / level.stepMs) * (level.maxBytes + bytesOf(summary));
    });
    expect(all.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(200e6);
  });

  it('is as it is counted where there is room', () => {
    const counts: Counts = { ...NO_COUNTS, operations: [operationOf()], keys: [keyOf('a')] };
    expect(JSON.parse(windowText({ counts, lag: NO_LAGS }, WINDOW_LEVELS[0]!))).toEqual({ counts, lag: NO_LAGS });
  });

  it('stays so small while more and more comes', async () => {
    // Everything fails, which is told.
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const lab = new MonitorLab();
    for (let sequence = 1; sequence <= 4; sequence++) {
      const { operations, shards, keys, tables } = greatest(WINDOW_LEVELS[2]!.limits);
      const report = reportOf('a', sequence, lab.nowMs, { operations, shards, keys, tables });
      await lab.run((monitor) => monitor.reportIsolate(report));
      await lab.alarm();
    }
    expect(await lab.longestOf('_windows', 'detail')).toBeLessThanOrEqual(96_000);
    expect(await lab.longestOf('_windows', 'summary')).toBeLessThanOrEqual(10_000);
  });
});
