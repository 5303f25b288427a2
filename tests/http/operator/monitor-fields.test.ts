import { describe, expect, it } from 'vitest';
import { OTHER_KEYS, type SlowOperation } from '../../../src/shards/isolate-report.ts';
import type { KeySummary, OperationSummary, SeriesPoint } from '../../../src/shards/monitor-series.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { noUsage } from '../../../src/shards/usage.ts';
import { postGraphQL } from '../../support/graphql.ts';
import { shopWorker } from '../support.ts';

const USAGE = { ...noUsage(), rowsRead: 7 };
const POINT: SeriesPoint = {
  ...{ atMs: Date.UTC(2030, 0, 1), requests: 20, failed: 5, errors: { NOT_FOUND: 1, CONFLICT: 4 } },
  ...{ p50Ms: 1.5, p95Ms: 2, p99Ms: null, hits: 1, misses: 3, hitRatio: 0.25, lagP95Ms: null, queueAgeP95Ms: null },
  ...{ backlog: null, usage: USAGE, dollars: 0.5, events: { 'shard-unavailable': 2 } },
};
const OPERATION: OperationSummary = {
  ...{ hash: 'abc', name: 'Orders', kind: 'query', requests: 3, failed: 1, errors: { OVERLOADED: 1 }, totalMs: 30 },
  ...{ p50Ms: 9, p95Ms: 11, p99Ms: 11, usage: USAGE, dollars: 0.1, roles: { customer: 2, admin: 1 } },
  ...{ modes: { STRONG: 3 }, sources: { shard: 3 }, document: 'query Orders { orders { nodes { id } } }' },
};
const KEYS: readonly KeySummary[] = [
  {
    ...{ shard: 'shard-1', shardKey: 't:busy' as ShardKey, requests: 9, usage: USAGE, dollars: 2, operation: 'abc' },
    operations: [{ hash: 'abc', name: 'Orders', requests: 8 }],
  },
  {
    ...{ shard: null, shardKey: OTHER_KEYS, requests: 1, usage: noUsage(), dollars: 0, operation: null },
    operations: [],
  },
];
const SLOW: SlowOperation = {
  ...{ hash: 'abc', name: 'Orders', role: 'customer', atMs: Date.UTC(2030, 0, 1), durationMs: 812, rowsRead: 9_000 },
  ...{
    shards: ['shard-1'],
    shardKey: 't:busy' as ShardKey,
    requestId: 'r',
    code: null,
    document: 'query Orders { x }',
  },
  reads: [
    { field: 'orders', needs: [], keys: 1, rowsRead: 9_000, rowsReturned: 3, durationMs: 800, plan: 'Order where …' },
  ],
};

const asked: [method: string, question: object][] = [];
const answering = <Answer>(method: string, answer: Answer) =>
  [
    method,
    async (question: object): Promise<Answer> => {
      asked.push([method, question]);
      return answer;
    },
  ] as const;
const monitor = Object.fromEntries<unknown>([
  answering('series', { fromMs: Date.UTC(2030, 0, 1), stepMs: 10_000, points: [POINT] }),
  answering('operations', [OPERATION]),
  answering('slowOperations', [SLOW]),
  answering('keys', KEYS),
  ['reportIsolate', async () => {}],
]);
const MONITOR = { idFromName: () => 'id', get: () => monitor };
const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true', MONITOR });
const ask = (query: string) => postGraphQL('/operator', query, {}, {}, send);

async function ok(query: string) {
  asked.length = 0;
  const { data, errors } = await ask(query);
  expect(errors).toEqual([]);
  return data;
}

describe('figures of the monitor', () => {
  it('are shown over time, an hour in steps of ten seconds if nothing else is asked for', async () => {
    const { series } = await ok(
      '{ series { from stepSeconds points { at requestCount requestsPerSecond failedCount errorRate errors { name count } p50Ms p95Ms p99Ms hitRatio lagP95Ms backlog dollars usage { rowsRead } events { name count } } } }',
    );
    expect(series).toEqual({
      from: '2030-01-01T00:00:00.000Z',
      stepSeconds: 10,
      points: [
        {
          ...{
            at: '2030-01-01T00:00:00.000Z',
            requestCount: 20,
            requestsPerSecond: 2,
            failedCount: 5,
            errorRate: 0.25,
          },
          errors: [
            { name: 'CONFLICT', count: 4 },
            { name: 'NOT_FOUND', count: 1 },
          ],
          ...{ p50Ms: 1.5, p95Ms: 2, p99Ms: null, hitRatio: 0.25, lagP95Ms: null, backlog: null, dollars: 0.5 },
          usage: { rowsRead: 7 },
          events: [{ name: 'shard-unavailable', count: 2 }],
        },
      ],
    });
    const [[, range]] = asked as [[string, { fromMs: number; toMs: number; stepMs: number }]];
    expect(range.toMs - range.fromMs).toBe(3_600_000);
    expect(range.stepMs).toBe(10_000);
  });

  it.each([
    [1, 60_000 * 5],
    [7, 60_000 * 60],
    [29, 2 * 3_600_000],
  ])('choose longer steps for %i days', async (days, stepMs) => {
    await ok(`{ series(from: "${new Date(Date.now() - days * 86_400_000).toISOString()}") { stepSeconds } }`);
    const [[, range]] = asked as [[string, { fromMs: number; toMs: number; stepMs: number }]];
    expect((range.toMs - range.fromMs) / range.stepMs).toBeLessThanOrEqual(361);
    expect(range.stepMs).toBeLessThanOrEqual(stepMs);
    // As the monitor keeps what is older than a day.
    expect(range.stepMs % (days > 1 ? 3_600_000 : 60_000)).toBe(0);
  });

  it('are shown by operation, shard key and slow request', async () => {
    const { operations } = await ok(
      '{ operations(by: COST, first: 5) { hash name kind document requestCount failedCount errors { name count } totalMs p50Ms p95Ms p99Ms usage { rowsRead } dollars roles { name count } modes { name count } sources { name count } } }',
    );
    expect(operations).toMatchObject([
      {
        hash: 'abc',
        requestCount: 3,
        roles: [
          { name: 'customer', count: 2 },
          { name: 'admin', count: 1 },
        ],
      },
    ]);
    expect(asked).toEqual([['operations', { by: 'cost', first: 5, sinceMs: expect.any(Number) }]]);
    const { busyShardKeys } = await ok(
      '{ busyShardKeys { shardKey type shard requestCount usage { rowsRead } dollars operation operations { hash name requestCount } } }',
    );
    expect(busyShardKeys).toEqual([
      {
        shardKey: 'busy',
        type: 'Tenant',
        shard: 'shard-1',
        requestCount: 9,
        usage: { rowsRead: 7 },
        dollars: 2,
        operation: 'abc',
        operations: [{ hash: 'abc', name: 'Orders', requestCount: 8 }],
      },
      {
        ...{ shardKey: null, type: null, shard: null, requestCount: 1, usage: { rowsRead: 0 }, dollars: 0 },
        ...{ operation: null, operations: [] },
      },
    ]);
    await ok('{ busyShardKeys(shardKey: "busy", first: 1) { shardKey } }');
    expect(asked).toEqual([['keys', { first: 64, only: 't:busy', sinceMs: expect.any(Number) }]]);
    const { slowOperations } = await ok(
      '{ slowOperations { hash name role at durationMs rowsRead shards shardKey requestId code document reads { field plan keys rowsRead rowsReturned durationMs } } }',
    );
    expect(slowOperations).toMatchObject([
      { at: '2030-01-01T00:00:00.000Z', shardKey: 'busy', reads: [{ field: 'orders' }] },
    ]);
  });

  it('are shown though the monitor is still one of the release before', async () => {
    const [busy, rest] = KEYS.map(({ operations: _, ...key }) => key);
    const older = {
      reportIsolate: async () => {},
      keys: async () => [{ ...busy, shardKey: 't:other' }, busy, rest],
      operations: async ({ by }: { by: string }) => {
        if (by === 'p95') throw new TypeError('MEASURES[by] is not a function');
        return [
          { ...OPERATION, name: 'Quick', p95Ms: 1 },
          { ...OPERATION, name: 'Slow', p95Ms: 90 },
        ];
      },
    };
    const namespace = { idFromName: () => 'id', get: () => older };
    const sendOlder = shopWorker({ SHARDQL_DEVELOPMENT: 'true', MONITOR: namespace });
    const { data, errors } = await postGraphQL(
      '/operator',
      '{ busyShardKeys(shardKey: "busy") { shardKey operations { hash } } operations(by: P95) { name } }',
      ...[{}, {}, sendOlder],
    );
    expect(errors).toEqual([]);
    expect(data.busyShardKeys).toEqual([{ shardKey: 'busy', operations: [] }]);
    expect(data.operations).toEqual([{ name: 'Slow' }, { name: 'Quick' }]);
  });

  it.each([
    ['series(from: "yesterday")', 'Expected from in ISO 8601, such as "2030-01-31T12:00:00Z", but got "yesterday".'],
    ['series(from: "2020-01-01")', 'Expected from to be within the last 30 days, which the monitor knows of'],
    ['series(to: "2999-01-01")', 'Expected to to be within the last 30 days'],
    ['series(stepSeconds: 15)', 'Expected stepSeconds to be a multiple of 10 below a minute'],
    ['series(stepSeconds: 90)', 'but got 90.'],
    ['series(stepSeconds: 0)', 'but got 0.'],
    [
      `series(from: "${new Date(Date.now() - 86_400_000).toISOString()}", stepSeconds: 10)`,
      'Expected at most 1,500 steps, but got 8,64',
    ],
    ['operations(first: 101)', 'Expected first to be 0 to 100, but got 101.'],
    ['operations(since: "x")', 'Expected since in ISO 8601'],
    ['slowOperations(first: -1)', 'Expected first to be 0 to 200, but got -1.'],
    ['busyShardKeys(first: 65)', 'Expected first to be 0 to 64, but got 65.'],
  ])('refuse %s', async (field, message) => {
    const selection = field.startsWith('series') ? 'stepSeconds' : field.startsWith('busy') ? 'shard' : 'hash';
    const { errors } = await ask(`{ ${field} { ${selection} } }`);
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('are null where nobody keeps them', async () => {
    const { data, errors } = await postGraphQL(
      '/operator',
      '{ series { stepSeconds } operations { hash } slowOperations { hash } busyShardKeys { shard } }',
      {},
      {},
      shopWorker(),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ series: null, operations: null, slowOperations: null, busyShardKeys: null });
  });
});
