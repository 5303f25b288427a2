/** Requests that are slow, read many rows, or fail for a reason of ours: in the log, and in what the monitor is told. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defineExtensions } from '../../../src/index.ts';
import shopModel from '../../../src/schema/model.ts';
import { failureOf, graphql, shopWorker } from '../support.ts';

const VARIABLES = { SHARDQL_DEVELOPMENT: 'true' };

const extensions = defineExtensions(shopModel, ({ builder }) => {
  builder.queryFields((t) => ({
    slept: t.boolean({
      args: { ms: t.arg.int({ required: true }) },
      resolve: async (_root, { ms }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return true;
      },
    }),
    broken: t.boolean({
      resolve: () => {
        throw new Error('out of order');
      },
    }),
  }));
});

interface Line {
  readonly event: string;
  readonly requestId: string;
  readonly unlogged: number;
  readonly reads: readonly { readonly field: string; readonly rowsRead: number; readonly plan: string }[];
}

function loggedLines(): { readonly lines: () => Line[]; readonly texts: () => string } {
  const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const texts = () =>
    log.mock.calls.map(([text]) => text as string).filter((text) => text.includes('"slow-operation"'));
  return { lines: () => texts().map((text) => JSON.parse(text)), texts: () => texts().join('\n') };
}

afterEach(() => void vi.restoreAllMocks());

describe('the slow log', () => {
  const tenants = async () => {
    const data = Array.from(
      { length: 20 },
      (_, at) => `{ id: "s${at}", name: "Secret${at}", plan: FREE, settings: {} }`,
    );
    await shopWorker()('/graphql', graphql(`mutation { createTenants(data: [${data}]) { affectedCount } }`));
  };

  it('has an operation that read more rows than the settings say: each read with its plan and rows, and no value', async () => {
    await tenants();
    const { lines, texts } = loggedLines();
    const send = shopWorker(VARIABLES, { monitoring: { slowRowsRead: 10 } });
    const query = `query Named($plan: TenantPlan!) {
      free: tenants(where: { name: { startsWith: "Secret" }, plan: { eq: $plan } }) { totalCount nodes { name } }
      one: tenant(by: { id: "s1" }) { name }
    }`;
    const body = JSON.stringify({ query, variables: { plan: 'FREE' } });
    const answer = await send('/graphql', { ...graphql(query), body });
    const { data } = await answer.json<{ data: { free: { totalCount: number } } }>();
    expect(data.free.totalCount).toBe(20);
    expect(lines()).toMatchObject([
      {
        level: 'warn',
        event: 'slow-operation',
        requestId: answer.headers.get('x-request-id'),
        name: 'Named',
        role: 'developer',
        hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        shards: ['shard-0', 'shard-1', 'shard-2', 'shard-3'],
        code: null,
        unlogged: 0,
        document: expect.stringContaining('free: tenants(where: {name: {startsWith: ""}, plan: {eq: $plan}})'),
        reads: [
          { field: 'free', keys: 1, rowsReturned: 20, plan: expect.stringContaining('page of Tenant\n') },
          { field: 'one', keys: 1, rowsReturned: 1, plan: expect.stringMatching(/^one of Tenant by id/) },
        ],
      },
    ]);
    const [free, one] = lines()[0]!.reads;
    expect(free!.rowsRead).toBeGreaterThanOrEqual(20);
    // Of its own call, though both went to its shard in one.
    expect(one!.rowsRead).toBeLessThan(5);
    expect(texts()).not.toMatch(/Secret|"FREE"|\bs1\b/);
  });

  it('has an operation that took longer than the settings say, and none that did not', async () => {
    const { lines } = loggedLines();
    const send = shopWorker(VARIABLES, { extensions, monitoring: { slowMs: 200 } });
    await send('/graphql', graphql('{ slept(ms: 300) }'));
    await send('/graphql', graphql('{ __typename }'));
    expect(lines()).toMatchObject([{ event: 'slow-operation', rowsRead: 0, reads: [], code: null }]);
  });

  it('has an operation that failed for a reason of ours, and none that its sender is to blame for', async () => {
    const { lines } = loggedLines();
    const send = shopWorker(VARIABLES, { extensions });
    await send('/graphql', graphql('{ broken }'));
    await send('/graphql', graphql('{ tenants(first: -1) { totalCount } }'));
    await send('/graphql', graphql('{ nonsense }'));
    expect(lines()).toMatchObject([{ event: 'slow-operation', code: 'INTERNAL_SERVER_ERROR' }]);
  });

  it('has ten lines a minute, and says how many there were besides', async () => {
    const { lines } = loggedLines();
    vi.spyOn(Date, 'now').mockReturnValue(60_000_000);
    const send = shopWorker(VARIABLES, { extensions });
    for (let at = 0; at < 13; at++) await send('/graphql', graphql('{ broken }'));
    expect(lines()).toHaveLength(10);
    vi.spyOn(Date, 'now').mockReturnValue(60_060_000);
    await send('/graphql', graphql('{ broken }'));
    expect(lines().at(-1)!.unlogged).toBe(3);
  });

  it.each([
    [{ slowMs: 0 }, 'Expected monitoring.slowMs to be a whole number from 1 on, but got 0.'],
    [{ slowRowsRead: 1.5 }, 'Expected monitoring.slowRowsRead to be a whole number from 1 on, but got 1.5.'],
    [{ slow: 1 }, 'Expected monitoring to be slowMs, slowRowsRead, tellsShardKeys, but got slow.'],
  ])('refuses settings that are none: %o', async (monitoring, message) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const send = shopWorker(VARIABLES, { monitoring: monitoring as never });
    expect(await failureOf(await send('/graphql', graphql('{ __typename }')))).toMatchObject({ message });
  });
});
