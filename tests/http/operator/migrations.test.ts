import { describe, expect, it } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import type { FleetMigrationReport } from '../../../src/shards/migration-report.ts';
import { failureOf, shopWorker } from '../support.ts';

const RUN = { method: 'POST' };
const stale = shopWorker(undefined, { migrations: { ...bundle, physicalHash: 'of another model' } });

describe('the migrations of the shards', () => {
  it('are told by GET /migrations', async () => {
    const send = shopWorker();
    await send('/ready');
    const { shards, applied } = await (await send('/migrations')).json<FleetMigrationReport>();
    expect(applied).toBe(0);
    expect(shards).toEqual(
      [0, 1, 2, 3].map((number) => ({
        shard: `shard-${number}`,
        state: 'UP_TO_DATE',
        last: '0001_stock',
        pending: [],
        skipped: [],
        problems: [],
      })),
    );
  });

  it('are run by POST /migrations/run, which ends with the report', async () => {
    const answer = await shopWorker()('/migrations/run', RUN);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    const last = new TextDecoder()
      .decode(await answer.arrayBuffer())
      .trim()
      .split('\n')
      .at(-1)!;
    expect(JSON.parse(last).report.shards).toHaveLength(4);
  });

  it('are run in a few shards at once, if so asked', async () => {
    expect((await shopWorker()('/migrations/run?atOnce=2', RUN)).status).toBe(200);
    for (const wrong of ['0', '65', '-1', '1.5', 'all', '']) {
      const failure = await failureOf(await shopWorker()(`/migrations/run?atOnce=${wrong}`, RUN));
      expect(failure).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
      expect(failure.message).toBe(`Expected atOnce to be a whole number from 1 to 64, but got "${wrong}".`);
    }
  });

  it('are the business of the developer role, and of no other method', async () => {
    const stranger = shopWorker({});
    for (const [path, init] of [
      ['/migrations', {}],
      ['/migrations/run', RUN],
    ] as const) {
      expect(await failureOf(await stranger(path, init))).toMatchObject({ status: 401 });
    }
    expect((await shopWorker()('/migrations/run')).status).toBe(405);
  });

  it('are refused, with the remedy, where the model was changed without them', async () => {
    for (const [path, init] of [
      ['/migrations', {}],
      ['/migrations/run', RUN],
    ] as const) {
      const failure = await failureOf(await stale(path, init));
      expect(failure).toMatchObject({ status: 503, code: 'MIGRATION_FAILED' });
      expect(failure.message).toContain('npm run db:generate');
    }
  });
});
