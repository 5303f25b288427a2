import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MeteredApp } from './metered-app.ts';
import { loadShop, updateRow } from './scenarios.ts';
import { NOTHING } from './usage.ts';

const SHARDS = 64;
const SCRAPE_MS = 15_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No timer and no alarm is due in it, nor ever after: each hour is like this one. */
const SCRAPES = HOUR_MS / SCRAPE_MS;
const PREPARED_WITHIN_MS = 600_000;

describe('watching 64 shards that sleep', () => {
  const app = new MeteredApp(SHARDS);
  beforeAll(async () => {
    await app.begin();
    await loadShop(app);
    await updateRow(app);
    // The log's trim, which is a week away, is as well done.
    await app.get('/status?live=1');
    await app.sleep();
    for (let day = 0; day < 30; day++) await app.advance(DAY_MS);
  }, PREPARED_WITHIN_MS);
  afterAll(() => app.end());

  const rows = () => app.shards.reduce((sum, { rows: { read, written } }) => sum + read + written, 0);

  it.each(['/metrics', '/status'])(
    'wakes none and reads no row of theirs, in an hour of %s each 15 seconds',
    { timeout: PREPARED_WITHIN_MS },
    async (path) => {
      const [before, rowsBefore, calls] = [app.usage, rows(), app.monitor.calls];
      const { alarms, isolateReports, rowsWritten } = app.monitor;
      await app.poll(path, SCRAPES, SCRAPE_MS);
      expect(app.usage.wakes - before.wakes).toBe(0);
      expect(rows() - rowsBefore).toBe(0);
      expect(app.monitor.calls - calls).toBe(SCRAPES);
      // Who watches is no reason for the monitor to wake either.
      expect(app.monitor).toMatchObject({ alarms, isolateReports, rowsWritten });
    },
  );

  it('shows all of them, those that have reported with when that was', async () => {
    const { shards } = (await (await app.get('/status')).json()) as { shards: { atMs: number | null }[] };
    expect(shards).toHaveLength(SHARDS);
    expect(shards.some(({ atMs }) => atMs !== null)).toBe(true);
  });

  it('wakes none for what pages of operators ask again and again, which the monitor and the catalog answer', async () => {
    await app.sleep();
    const rowsBefore = rows();
    const calls = app.monitor.calls;
    const asked = await app.measure(async () => {
      for (let time = 0; time < 30; time++) {
        const { data } = await app.operate(`{
          shards { name level liveBytes fullAt slotRanges largeShardKeys { shardKey bytes } }
          series { points { requestsPerSecond p95Ms hitRatio } }
          operations { hash requestCount dollars }
          busyShardKeys { shardKey dollars }
          slowOperations { hash durationMs }
          migrations { latest progress { step } shards { name state } }
          deadLetters { nodes { id } }
          tables { type }
        }`);
        expect(data.shards).toHaveLength(SHARDS);
        expect(data.series.points).not.toEqual([]);
      }
    });
    expect(asked.wakes).toBe(0);
    expect(rows() - rowsBefore).toBe(0);
    // Shards, twice, and the figures.
    expect(app.monitor.calls - calls).toBe(30 * 6);
  });

  it('takes three calls for a probe of /ready, and no more wakes for a hundred in the same minute', async () => {
    await app.sleep();
    const probe = await app.measure(() => app.get('/ready'));
    expect(probe).toEqual({ ...NOTHING, workerRequests: 1, objectRequests: 3, rowsRead: probe.rowsRead, wakes: 3 });
    expect(probe.rowsRead).toBeLessThan(75);
    const others = await app.measure(async () => {
      for (let time = 0; time < 100; time++) await app.get('/ready');
    });
    expect(others.wakes).toBe(0);
    expect(others.rowsRead).toBe(0);
  });

  it('asks each of them only when it is told to look closer', async () => {
    await app.sleep();
    const live = await app.measure(() => app.get('/status?live=1'));
    expect(live).toMatchObject({ wakes: SHARDS, objectRequests: SHARDS + 1 });
  });
});
