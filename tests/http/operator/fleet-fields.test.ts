import { env, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../src/schema/migrations/index.ts';
import shopModel from '../../../src/schema/model.ts';
import { DeadLetters } from '../../../src/shards/client/dead-letters.ts';
import { postGraphQL } from '../../support/graphql.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { shopWorker } from '../support.ts';

/** One isolate: without a secret that all share, each takes its own confirmations alone. */
const send = shopWorker();

const ask = (query: string, variables: Record<string, unknown> = {}) =>
  postGraphQL('/operator', query, variables, {}, send);
const ok = async (query: string, variables?: Record<string, unknown>) => {
  const { data, errors } = await ask(query, variables);
  expect(errors).toEqual([]);
  return data;
};
const graphql = (query: string) => postGraphQL('/graphql', query, {}, {}, send);

beforeAll(async () => {
  const { errors } = await graphql(
    'mutation { createTenant(data: { id: "fleet", name: "F", plan: FREE, settings: {} }) { id } }',
  );
  expect(errors).toEqual([]);
});

describe('tables', () => {
  const FIELDS = `type sqlName single list shardKey softDelete searchColumns rows
    columns { name sqlName scalar isNullable isGenerated hasDefault enumValues }
    primaryKey { name columns byName } uniqueKeys { name columns } indexes { name isUnique isPartial columns }
    relations { name isList target isColocated } cache { mode strongest weakest maxStalenessMs ttlSeconds swrSeconds refresh strongColumns }`;

  it('shows those of the model without asking anybody', async () => {
    const { tables } = await ok(`{ tables { ${FIELDS} } }`);
    expect(tables.map(({ type }: { type: string }) => type)).toEqual(shopModel.tables.map(({ typeName }) => typeName));
    const customer = tables.find(({ type }: { type: string }) => type === 'Customer');
    expect(customer).toMatchObject({
      ...{ sqlName: 'customers', single: 'customer', list: 'customers', shardKey: 'tenantId', rows: null },
      primaryKey: { name: 'PRIMARY', columns: ['tenantId', 'id'], byName: 'id' },
    });
    const tenant = tables.find(({ type }: { type: string }) => type === 'Tenant');
    expect(tenant.columns).toContainEqual(
      expect.objectContaining({
        name: 'plan',
        sqlName: 'plan',
        isNullable: false,
        enumValues: expect.arrayContaining(['FREE']),
      }),
    );
  });

  it('counts their rows where that is asked for', async () => {
    const { tables } = await ok('{ tables(count: true) { type rows } }');
    const { data } = await graphql('{ tenants { totalCount } }');
    expect(tables.find(({ type }: { type: string }) => type === 'Tenant').rows).toBe(data.tenants.totalCount);
  });
});

describe('migrations', () => {
  const tags = bundle.migrations.map(({ tag }) => tag);

  it('are those of the release; shards that have not reported are of no known state', async () => {
    const { migrations } = await ok('{ migrations { tags latest progress { step } shards { name state last asOf } } }');
    expect(migrations).toMatchObject({ tags, latest: tags.at(-1), progress: null });
    expect(migrations.shards[0]).toEqual({ name: 'shard-0', state: 'UNKNOWN', last: null, asOf: null });
  });

  it('are tried where that is asked for, and run once that is confirmed', async () => {
    const { migrations } = await ok('{ migrations(check: true) { shards { state last pending problems { kind } } } }');
    expect(migrations.shards).toContainEqual({ state: 'UP_TO_DATE', last: tags.at(-1), pending: [], problems: [] });
    const { data, errors } = await confirmed(
      ask,
      'runMigrations(atOnce: 2)',
      'preview { appliedCount } report { appliedCount shards { state } }',
    );
    expect(errors).toEqual([]);
    expect(data.runMigrations.preview).toBeNull();
    expect(new Set(data.runMigrations.report.shards.map(({ state }: { state: string }) => state))).toEqual(
      new Set(['UP_TO_DATE']),
    );
    expect(data.runMigrations.report.appliedCount).toBeTypeOf('number');
    const refused = await ask('mutation { runMigrations { report { appliedCount } } }');
    expect(refused.errors[0]?.extensions?.code).toBe('CONFIRMATION_REFUSED');
    const wrong = await ask('mutation { runMigrations(atOnce: 65, preview: true) { confirmation { token } } }');
    expect(wrong.errors[0]).toMatchObject({
      message: 'Expected atOnce to be a whole number from 1 to 64, but got 65.',
    });
  });
});

describe('dead letters', () => {
  const box = () => new DeadLetters({ CATALOG: env.SHOP_CATALOG } as never);
  const letter = (id: string, body: object) => ({
    ...{ id, sentAtMs: Date.UTC(2030, 0, 1), reason: 'UNKNOWN_FORMAT' as const, body: JSON.stringify(body) },
  });

  it('are shown page by page, replayed, and discarded by their ids', async () => {
    const letters = Array.from({ length: 130 }, (_, at) => letter(`m-${at}`, { v: 99, at, text: 'x'.repeat(1_500) }));
    await box().keep(letters);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const {
        deadLetters,
      }: {
        deadLetters: { nodes: { id: string; sentAt: string; body: string }[]; hasNextPage: boolean; endCursor: string };
      } = await ok(
        'query ($after: String) { deadLetters(first: 50, after: $after) { nodes { id sentAt reason body } hasNextPage endCursor } }',
        { after },
      );
      seen.push(...deadLetters.nodes.map(({ id }) => id));
      expect(deadLetters.nodes[0]).toMatchObject({ sentAt: '2030-01-01T00:00:00.000Z', reason: 'UNKNOWN_FORMAT' });
      expect(deadLetters.nodes[0]!.body).toHaveLength(1_000);
      after = deadLetters.hasNextPage ? deadLetters.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(letters.map(({ id }) => id));

    const preview = await ok('mutation { replayDeadLetters(preview: true) { count replayedCount keptCount } }');
    expect(preview.replayDeadLetters).toEqual({ count: 130, replayedCount: null, keptCount: null });
    const some = await confirmed(ask, 'replayDeadLetters(ids: ["m-3", "m-4"])', 'count replayedCount keptCount');
    expect(some.data.replayDeadLetters).toEqual({ count: 2, replayedCount: 0, keptCount: 2 });
    const all = await confirmed(ask, 'replayDeadLetters(ids: null)', 'count replayedCount keptCount');
    expect(all.data.replayDeadLetters).toEqual({ count: 130, replayedCount: 0, keptCount: 130 });

    const call = 'discardDeadLetters(ids: ["m-0", "m-129"])';
    const stale = await ok(
      `mutation { ${call.slice(0, -1)}, preview: true) { deadLetters { id } confirmation { token } } }`,
    );
    expect(stale.discardDeadLetters.deadLetters).toEqual([{ id: 'm-0' }, { id: 'm-129' }]);
    expect((await confirmed(ask, call, 'deadLetters { id }')).errors).toEqual([]);
    expect(await box().count()).toBe(128);
    // Kept again, it is another one.
    await box().keep([letters[0]!, letters[129]!]);
    const { errors } = await ask(
      `mutation { ${call.slice(0, -1)}, confirmation: "${stale.discardDeadLetters.confirmation.token}") { deadLetters { id } } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'CONFIRMATION_REFUSED', problem: 'STALE' });
    await runInDurableObject(env.SHOP_CATALOG.get(env.SHOP_CATALOG.idFromName('catalog')), (_, { storage }) => {
      storage.sql.exec('DELETE FROM _dead_letters');
    });
  });

  it.each([
    ['{ deadLetters(first: 1001) { endCursor } }', 'BAD_USER_INPUT: Expected first to be 0 to 1,000, but got 1001.'],
    ['{ deadLetters(first: -1) { endCursor } }', 'BAD_USER_INPUT: Expected first to be 0 to 1,000, but got -1.'],
    ['{ deadLetters(after: "x") { endCursor } }', 'BAD_USER_INPUT: Expected after to be an endCursor'],
    [
      'mutation { replayDeadLetters(ids: [], preview: true) { count } }',
      'BAD_USER_INPUT: Expected 1 to 100 ids, but got 0.',
    ],
    [
      'mutation { discardDeadLetters(ids: ["none"], preview: true) { deadLetters { id } } }',
      'NOT_FOUND: Expected ids of dead letters that are there, but got "none".',
    ],
  ])('refuses %s', async (query, message) => {
    const { errors } = await ask(query);
    expect(errors.map((error) => `${error.extensions?.code}: ${error.message}`)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

describe('warmCache', () => {
  it('reads through the cache what it is asked for, and refuses what it cannot mean', async () => {
    const { warmCache } = await ok(
      'mutation { warmCache(query: "{ tenant(by: { id: \\"fleet\\" }) { name } }") { putCount failedCount isComplete } }',
    );
    expect(warmCache).toEqual({ putCount: 0, failedCount: 0, isComplete: true });
    expect(
      (await ok('mutation { warmCache(table: "Tenant", ids: ["fleet"]) { isComplete } }')).warmCache.isComplete,
    ).toBe(true);
    for (const [args, message] of [
      ['variables: {}', /^Expected a body with table, nodeIds or query/],
      ['table: "Tenannt", shardKey: "fleet"', /^Expected table to name one of /],
      ['nodeIds: ["x"], table: "Tenant"', /^Expected beside table only table, shardKey, ids/],
      ['query: "mutation { x }"', /^Expected a valid query/],
    ] as const) {
      const { errors } = await ask(`mutation { warmCache(${args}) { putCount } }`);
      expect(errors).toMatchObject([
        { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
      ]);
    }
    const { auditLog } = await ok('{ auditLog(first: 20) { nodes { action } } }');
    expect(auditLog.nodes).toContainEqual({ action: 'warm' });
  });

  it('is refused in maintenance', async () => {
    const inMaintenance = shopWorker({ SHARDQL_DEVELOPMENT: 'true', SHARDQL_MAINTENANCE: 'true' });
    const { errors } = await postGraphQL(
      '/operator',
      'mutation { warmCache(table: "Tenant", ids: ["fleet"]) { putCount } }',
      {},
      {},
      inMaintenance,
    );
    expect(errors).toMatchObject([{ extensions: { code: 'SHARD_UNAVAILABLE', retryable: true } }]);
  });
});

it('shards have the ranges of their slots', async () => {
  const { shards } = await ok('{ shards { slots slotRanges } }');
  const ranges: [number, number][] = shards.flatMap(({ slotRanges }: { slotRanges: [number, number][] }) => slotRanges);
  expect(ranges.filter(([first]) => first < 16_384).reduce((sum, [first, last]) => sum + last - first + 1, 0)).toBe(
    16_384,
  );
});
