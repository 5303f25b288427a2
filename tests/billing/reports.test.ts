import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRICES } from '../../src/shards/prices.ts';
import { MeteredApp } from './metered-app.ts';
import { loadShop, readRow } from './scenarios.ts';

const MINUTE_MS = 60_000;
const PREPARED_WITHIN_MS = 600_000;
/** Requests of the isolate are so far apart. */
const PACE_MS = 5_000;
const MINUTES = 20;
const REQUESTS = (MINUTES * MINUTE_MS) / PACE_MS;

describe('what isolates report', () => {
  const app = new MeteredApp();
  beforeAll(async () => {
    await app.begin();
    await loadShop(app);
    await app.sleep();
  }, PREPARED_WITHIN_MS);
  afterAll(() => app.end());

  const counts = () => ({
    reports: app.monitor.isolateReports,
    alarms: app.monitor.alarms,
    rows: app.monitor.rowsWritten,
  });

  it('is a report in ten seconds and three alarms a minute of steady traffic: less than half a cent an hour', {
    timeout: PREPARED_WITHIN_MS,
  }, async () => {
    const before = counts();
    for (let request = 0; request < REQUESTS; request++) {
      await readRow(app);
      await app.advance(PACE_MS);
    }
    const after = counts();
    const reports = after.reports - before.reports;
    const alarms = after.alarms - before.alarms;
    const rows = after.rows - before.rows;
    expect(reports).toBeGreaterThan(3.3 * MINUTES);
    expect(reports).toBeLessThanOrEqual(6 * MINUTES);
    expect(alarms).toBeLessThanOrEqual(3 * MINUTES);
    expect(rows).toBeLessThan(33 * MINUTES);
    const dollars =
      (rows * PRICES.rowsWritten.perMillion + (reports + alarms) * PRICES.objectRequests.perMillion) / 1e6;
    expect((dollars * 60) / MINUTES).toBeLessThan(0.005);
  });

  it('is one report of what has come last, and nothing more once nobody asks', async () => {
    await app.advance(MINUTE_MS);
    const before = counts();
    await readRow(app);
    await readRow(app);
    await app.advance(30 * MINUTE_MS);
    expect(app.monitor.isolateReports - before.reports).toBe(1);
    // One that folds it, and one that finds nothing more.
    expect(app.monitor.alarms - before.alarms).toBe(2);
    const { totals } = await app.monitor.overview();
    const queries = totals.operations.filter(({ kind }) => kind === 'query');
    // Each of them, of all isolates that there were.
    expect(queries.reduce((sum, { requests }) => sum + requests, 0)).toBe(REQUESTS + 2);
  });
});
