import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import recorded from './measured.json';
import { MeteredApp } from './metered-app.ts';
import { OPERATION_NAMES, type OperationName } from './operations.ts';
import { loadShop, readRow, SCENARIOS, updateRow } from './scenarios.ts';
import { NOTHING, rounded, settled, shown, type Usage, usageOf } from './usage.ts';

const MEASURED_WITHIN_MS = 600_000;

describe('what the platform bills', () => {
  const app = new MeteredApp();
  const usages = new Map<OperationName, Usage>();
  const of = (name: OperationName): Usage => usages.get(name)!;

  beforeAll(async () => {
    await app.begin();
    await loadShop(app);
    for (const name of OPERATION_NAMES) usages.set(name, rounded(await SCENARIOS[name](app)));
  }, MEASURED_WITHIN_MS);

  afterAll(() => app.end());

  it('is what docs/costs.md is worked out from (to accept a change: npm run costs:update)', async () => {
    const known: Readonly<Record<string, Partial<Usage>>> = recorded;
    const counts = Object.fromEntries(
      OPERATION_NAMES.map((name) => [name, shown(settled(of(name), usageOf(known[name] ?? {})))]),
    );
    await expect(`${JSON.stringify(counts, null, 2)}\n`).toMatchFileSnapshot('./measured.json');
  });

  it('is one call for a strong read, whatever its depth', () => {
    for (const name of ['W1', 'W3', 'W4', 'W9'] as const) {
      expect(of(name), name).toEqual({ ...NOTHING, workerRequests: 1, objectRequests: 1, rowsRead: of(name).rowsRead });
    }
    expect(of('W1').rowsRead).toBe(1);
  });

  it('is some rows for a wake, and none that is written', () => {
    const { rowsRead, ...rest } = of('wake');
    const { rowsRead: _, ...nothing } = NOTHING;
    expect(rest).toEqual({ ...nothing, workerRequests: 1, objectRequests: 1, wakes: 1 });
    expect(rowsRead).toBeLessThan(50);
  });

  it('is nothing but the request for a cached read from memory', () => {
    expect(of('C1-memory')).toEqual({ ...NOTHING, workerRequests: 1 });
  });

  it('is never more for a cached read than for a strong one, unless the shard is far', () => {
    expect(of('C1')).toEqual(of('W1'));
  });

  it('is no call to a shard for a cached read from KV, nor when stamps are looked up again', () => {
    expect(of('C1-recheck')).toEqual({ ...NOTHING, workerRequests: 1, kvReads: 1 });
    expect(of('C1-kv')).toEqual({ ...NOTHING, workerRequests: 1, kvReads: 2 });
  });

  it('is no put, no message and no alarm for a write of a busy shard of which nothing is cached', () => {
    expect(of('W6')).toEqual({
      ...NOTHING,
      workerRequests: 1,
      objectRequests: 1,
      rowsRead: of('W6').rowsRead,
      rowsWritten: of('W6').rowsWritten,
    });
  });

  it('is the row, its log and the clock for an update, which the log’s trimming adds nearly nothing to', () => {
    expect(of('W6').rowsWritten).toBe(3);
    expect(of('trim').rowsWritten).toBeLessThan(0.05);
  });

  it('is no more rows written, and some dozens read, where a shard sleeps before and after an update', () => {
    expect(of('W6-lone').rowsWritten).toBe(3);
    expect(of('W6-lone').rowsRead).toBeLessThan(90);
  });

  it('is counted to the last row, of what was never recorded too', () => {
    const counted = { ...NOTHING, rowsRead: 1 };
    expect(settled(counted, NOTHING)).toEqual(counted);
    expect(settled({ ...NOTHING, rowsRead: 101 }, { ...NOTHING, rowsRead: 100 }).rowsRead).toBe(100);
  });

  it('is at most one put and one message for a write of what is cached', () => {
    for (const name of ['W6-cached', 'W6-cached-lone'] as const) {
      expect(of(name).kvPuts, name).toBeLessThanOrEqual(1);
      expect(of(name).queueMessages, name).toBeLessThanOrEqual(1);
    }
  });

  it('is a wake for a shard that nobody has called for ten seconds, and for no other', async () => {
    await readRow(app);
    await app.advance(9_000);
    expect((await app.measure(() => readRow(app))).wakes).toBe(0);
    await app.advance(11_000);
    expect((await app.measure(() => readRow(app))).wakes).toBe(1);
  });

  it('has a report of a shard beside it, at most once a minute', async () => {
    await app.sleep();
    const before = app.monitor.reports;
    for (let write = 0; write < 5; write++) {
      await updateRow(app);
      await app.advance(5_000);
    }
    expect(app.monitor.reports - before).toBeGreaterThan(0);
    // The writes may be of two minutes.
    expect(app.monitor.reports - before).toBeLessThanOrEqual(2);
  });

  it('is nothing while nobody asks', () => {
    expect(of('idle-hour')).toEqual(NOTHING);
    expect(of('idle-day')).toEqual(NOTHING);
  });
});
