import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import { encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import model from '../../../src/schema/model.ts';
import { guardedShop } from '../attacks/guarded-shop.ts';
import { graphql, type Send, shopWorker } from '../support.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly cost?: { readonly requested: number; readonly budget: number | null } };
}

const ask = async (send: Send, query: string, headers: Record<string, string> = {}): Promise<[number, Answer]> => {
  const response = await send('/graphql', graphql(query, headers));
  return [response.status, await response.json<Answer>()];
};

const ORDERS = '{ orders(shardKey: "t", first: 5) { nodes { id } } }';
const COST = 10 + 1 + 5 * 1.1;

describe('an operation of a caller who is no operator', () => {
  it('tells what it costs, and what it may', async () => {
    const [status, { data, extensions }] = await ask(guardedShop(), ORDERS);
    expect([status, data, extensions?.cost]).toEqual([
      200,
      { orders: { nodes: [] } },
      { requested: Math.ceil(COST), budget: 250_000 },
    ]);
  });

  it('is refused beyond that, before anything runs', async () => {
    const send = guardedShop({ limits: { cost: 16 } });
    const mutation = `mutation { createTenant(data: { id: "never", name: "T", plan: PRO, settings: {} }) { id orders { nodes { id } } } }`;
    for (const [query, requested] of [
      [ORDERS, 17],
      [mutation, 39],
    ] as const) {
      const [status, { data, errors, extensions }] = await ask(send, query);
      expect(status).toBe(400);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }]);
      expect(errors![0]!.message).toContain(`at most 16, but got one of ${requested}.`);
      expect(extensions?.cost).toEqual({ requested, budget: 16 });
    }
    const [, { data }] = await ask(guardedShop(), '{ tenant(by: { id: "never" }) { id } }');
    expect(data).toEqual({ tenant: null });
  });

  it('has the budget of its role, or that of all others', async () => {
    const send = guardedShop({ limits: { cost: { partner: 17, default: 16 } } });
    expect((await ask(send, ORDERS, { 'x-role': 'partner' }))[0]).toBe(200);
    expect((await ask(send, ORDERS, { 'x-role': 'auditor' }))[0]).toBe(400);
    const generous = guardedShop({ limits: { cost: { partner: 1 } } });
    expect((await ask(generous, ORDERS, { 'x-role': 'auditor' }))[0]).toBe(200);
    expect((await ask(generous, ORDERS, { 'x-role': 'partner' }))[0]).toBe(400);
  });
});

describe('an operation of those who run the API', () => {
  const send = shopWorker(undefined, { limits: { cost: 1 } });

  it('has no budget, and says nothing of it', async () => {
    const [status, { extensions }] = await ask(send, ORDERS);
    expect([status, extensions?.cost]).toEqual([200, undefined]);
  });

  it('tells its cost in a trace', async () => {
    const [, { extensions }] = await ask(send, ORDERS, { 'x-shardql-trace': '1' });
    expect(extensions?.cost).toEqual({ requested: Math.ceil(COST), budget: null });
  });
});

describe('the shards of an operation', () => {
  const send = shopWorker(undefined, { limits: { shards: 2 } });
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const list = (key: string) => `${key}: orders(shardKey: "${key}") { totalCount }`;

  it('are counted, however they are asked', async () => {
    expect((await ask(send, `{ ${list('a')} }`))[1].errors).toBeUndefined();
    const [, lists] = await ask(send, `{ ${keys.map(list).join(' ')} }`);
    const [, scatter] = await ask(send, '{ orders { totalCount } }');
    for (const { errors } of [lists, scatter]) {
      expect(new Set(errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['FANOUT_LIMIT_EXCEEDED']));
    }
    // Those of the first shards are answered.
    expect(Object.values(lists.data as object).filter((answer) => answer !== null).length).toBeGreaterThan(0);
  });

  const tenant = (key: string) => `{ id: "budget-${key}", name: "T", plan: PRO, settings: {} }`;
  const written = async () => {
    const query = '{ tenants(where: { id: { startsWith: "budget-" } }) { totalCount } }';
    return (await ask(shopWorker(), query))[1].data;
  };

  it('are counted in writes too: a bulk mutation over more writes nothing', async () => {
    const bulk = `mutation { createTenants(data: [${keys.map(tenant).join(' ')}]) { affectedCount } }`;
    const [, { errors }] = await ask(send, bulk);
    expect(errors).toMatchObject([{ extensions: { code: 'FANOUT_LIMIT_EXCEEDED' } }]);
    expect(await written()).toEqual({ tenants: { totalCount: 0 } });
    expect((await ask(shopWorker(), bulk))[1].data).toEqual({ createTenants: { affectedCount: 8 } });
  });

  it('are counted over all mutations of a request: those of the first shards are done', async () => {
    const change = (key: string) => `${key}: updateTenant(by: { id: "budget-${key}" }, data: { name: "U" }) { id }`;
    const [, { data, errors }] = await ask(send, `mutation { ${keys.map(change).join(' ')} }`);
    expect(new Set(errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['FANOUT_LIMIT_EXCEEDED']));
    const done = Object.values(data as object).filter((answer) => answer !== null).length;
    expect([done > 0, done + errors!.length]).toEqual([true, 8]);
    const changed = '{ tenants(where: { id: { startsWith: "budget-" }, name: { eq: "U" } }) { totalCount } }';
    expect((await ask(shopWorker(), changed))[1].data).toEqual({ tenants: { totalCount: done } });
  });
});

describe('the bytes of an answer', () => {
  const name = 'ä'.repeat(500_000);

  beforeAll(async () => {
    const query =
      'mutation ($name: String!) { createTenant(data: { id: "long", name: $name, plan: PRO, settings: {} }) { id } }';
    const body = JSON.stringify({ query, variables: { name } });
    await shopWorker()('/graphql', { ...graphql(''), body });
  });

  it.each<[what: string, query: string]>([
    [
      'a value that is shown by many aliases',
      `{ tenant(by: { id: "long" }) { ${Array.from({ length: 100 }, (_, at) => `a${at}: name`).join(' ')} } }`,
    ],
    [
      'a row by many aliases',
      `{ ${Array.from({ length: 100 }, (_, at) => `a${at}: tenant(by: { id: "long" }) { name }`).join(' ')} }`,
    ],
    [
      'a row by an id that is given often',
      `{ nodes(nodeIds: [${`"${encodeNodeId(model.table('Tenant'), ['long'])}",`.repeat(100)}]) { ... on Tenant { name } } }`,
    ],
  ])('are bounded, before they are a text: %s', async (_, query) => {
    const stringify = vi.spyOn(JSON, 'stringify');
    onTestFinished(() => stringify.mockRestore());
    const [, { data, errors }] = await ask(shopWorker(), query);
    const lengths = stringify.mock.results.map(({ value }) => (typeof value === 'string' ? value.length : 0));
    expect(Math.max(...lengths)).toBeLessThan(10_000_000);
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }]);
  });

  it('count as they are sent', async () => {
    const query = '{ tenant(by: { id: "long" }) { name } }';
    expect((await ask(shopWorker(undefined, { limits: { answerBytes: 1_001_000 } }), query))[1].errors).toBeUndefined();
    expect((await ask(shopWorker(undefined, { limits: { answerBytes: 999_000 } }), query))[1].errors).toHaveLength(1);
  });

  it('that show what a mutation has changed say that they are too long, and what it was', async () => {
    const send = shopWorker(undefined, { limits: { answerBytes: 10_000 } });
    const [, { data, errors, extensions }] = await ask(
      send,
      'mutation { updateTenant(by: { id: "long" }, data: { plan: FREE }) { name } }',
    );
    expect([data, errors?.length]).toEqual([null, 1]);
    expect(extensions).toMatchObject({ operations: [{ path: ['updateTenant'] }] });
  });
});

describe('limits', () => {
  it.each([
    [{ partner: 1, partnr: 2 }, 'partnr', ' Did you mean "partner"?'],
    [{ operator: 1 }, 'operator', ' Name one of these, or add access rules for it.'],
  ])('of roles that the model does not know stop every request: %j', async (cost, role, suggestion) => {
    const [status, { errors }] = await ask(guardedShop({ limits: { cost } }), ORDERS);
    expect([status, errors?.[0]?.message]).toEqual([
      500,
      `Expected a key of limits.cost to be one of auditor, partner, shop, default, but got "${role}".${suggestion}`,
    ]);
  });

  it.each([{ cost: 0 }, { cost: 'many' }, { cost: null }, { cost: { shop: 1.5 } }, { shards: 0 }, { deadlineMs: -1 }])(
    'say which of them is wrong: %j',
    (limits) => {
      expect(() => toRequestLimits(limits as never)).toThrow(`Expected limits.${Object.keys(limits)[0]}`);
    },
  );
});
