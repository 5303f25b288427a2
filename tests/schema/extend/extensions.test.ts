import { GraphQLError } from 'graphql';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { defineExtensions, ShardQLError } from '../../../src/index.ts';
import demoExtensions from '../../../src/schema/extensions.ts';
import model from '../../../src/schema/model.ts';
import { shopWorker } from '../../http/support.ts';
import { errorSummary, type GraphQLAnswer, postGraphQL } from '../../support/graphql.ts';

const TRACED = { 'x-shardql-trace': '1' };
const seen = { needs: [] as unknown[], contexts: new Set<object>(), calls: 0 };

const extensions = defineExtensions(model, ({ builder, computed, row, connection, listArguments }) => {
  demoExtensions.declare({ builder, computed, row, connection, listArguments } as never);

  computed('Customer', 'shout', {
    type: 'String',
    needs: ['name'],
    args: { times: builder.args((t) => ({ times: t.int({ required: true }) })).times },
    nullable: false,
    resolve: (values, { times }) => {
      seen.needs.push(values);
      return values.name.toUpperCase().repeat(times);
    },
  });
  computed('Order', 'isLarge', {
    type: 'Boolean',
    needs: ['totalCents'],
    resolve: ({ totalCents }) => totalCents >= 30,
  });
  computed('Order', 'statusName', { type: 'String', needs: ['status'], resolve: ({ status }) => status.toLowerCase() });
  computed('Customer', 'largestOrder', {
    type: row('Order'),
    needs: ['tenantId', 'id'],
    resolve: async ({ tenantId, id }, _args, context) => {
      const [order] = await context.list('Order', {
        where: { customerId: { eq: id } },
        orderBy: [{ totalCents: 'DESC' }],
        first: 1,
        shardKey: tenantId,
      });
      return order ?? null;
    },
  });
  computed('Customer', 'emailOfTenant', {
    type: 'String',
    needs: ['tenantId'],
    resolve: async ({ tenantId }, _args, context) => {
      seen.contexts.add(context);
      const tenant = await context.load('Tenant', { by: { id: tenantId } });
      return tenant?.name;
    },
  });

  const Report = builder.objectRef<{ tenantId: string }>('Report').implement({
    fields: (t) => ({
      tenantId: t.exposeID('tenantId', { nullable: false }),
      tenant: t.field({ type: row('Tenant'), nullable: true, resolve: ({ tenantId }) => ({ id: tenantId }) }),
      orders: t.field({
        type: connection('Order'),
        args: listArguments('Order'),
        resolve: ({ tenantId }, args, context) => context.connection('Order', { ...args, shardKey: tenantId }),
      }),
    }),
  });
  builder.queryFields((t) => ({
    report: t.field({
      type: Report,
      args: { tenantId: t.arg.id({ required: true }) },
      resolve: (_root, { tenantId }) => ({ tenantId }),
    }),
    found: t.field({
      type: [row('Customer')],
      args: { words: t.arg.string({ required: true }), tenantId: t.arg.id({ required: true }) },
      resolve: async (_root, { words, tenantId }, context) => [
        ...(await context.list('Customer', {
          search: words,
          where: { attributes: { path: 'n', isNull: true }, ordersAggregate: { count: { gt: 0 } } },
          orderBy: [{ ordersAggregate: { count: 'DESC' } }],
          shardKey: tenantId,
        })),
      ],
    }),
    ordersOf: t.field({
      type: [row('Order')],
      args: { ids: t.arg.idList({ required: true }), tenantId: t.arg.id({ required: true }) },
      resolve: (_root, { ids, tenantId }, context) =>
        ids.map((id) => context.load('Order', { by: { id }, shardKey: tenantId })),
      nullable: { list: false, items: true },
    }),
    loaded: t.field({
      type: row('Customer'),
      args: { email: t.arg.string({ required: true }), tenantId: t.arg.id() },
      resolve: (_root, { email, tenantId }, context) =>
        context.load('Customer', { by: { email }, shardKey: tenantId ?? undefined }),
    }),
    streamed: t.field({
      type: [row('Order')],
      args: { ids: t.arg.idList({ required: true }), tenantId: t.arg.id({ required: true }) },
      resolve: async function* (_root, { ids, tenantId }) {
        for (const id of ids) yield { tenantId, id: String(id) };
      },
    }),
    streamedNames: t.stringList({
      args: { failAt: t.arg.int({ required: true }) },
      resolve: async function* (_root, { failAt }) {
        for (let at = 0; at < 3; at++) {
          if (at === failAt) throw new AggregateError([new Error('a'), new Error('b')], 'Two things failed.');
          yield `name ${at}`;
        }
      },
    }),
    failing: t.string({
      args: { how: t.arg.string({ required: true }) },
      resolve: (_root, { how }) => {
        if (how === 'known') throw new ShardQLError('NOT_FOUND', 'Expected a secret, but got none.', { field: 'how' });
        if (how === 'plain') throw new Error('password=hunter2');
        if (how === 'caused') throw new TypeError('outer', { cause: new RangeError('inner') });
        if (how === 'several') throw new AggregateError([new Error('a'), new Error('b')], 'Two things failed.');
        if (how === 'foreign') throw new GraphQLError('of another API');
        if (how === 'text') throw 'a text';
        if (how === 'nothing') throw null;
        if (how === 'object') throw { status: 500 };
        if (how === 'late') return Promise.reject(new Error('rejected'));
        if (how === 'deep')
          return (function deeper(): string {
            return deeper();
          })();
        if (how === 'misfit') return { a: 1 } as never;
        throw Object.assign(new (Object.getPrototypeOf(ShardQLError))('x'), { code: 'NOT_FOUND' });
      },
    }),
    wrongRow: t.field({
      type: row('Customer'),
      args: { how: t.arg.string({ required: true }) },
      resolve: async (_root, { how }, context) => {
        if (how === 'order') return (await context.list('Order', { first: 1 }))[0] as never;
        return how === 'keyless' ? { name: 'x' } : ('text' as never);
      },
    }),
    badList: t.field({
      type: [row('Order')],
      args: { how: t.arg.string({ required: true }) },
      resolve: async (_root, { how }, context) => {
        if (how === 'first') return [...(await context.list('Order', { first: 101 }))];
        if (how === 'name') return [...(await context.list('Order', { where: { nope: { eq: 1 } } } as never))];
        if (how === 'argument') return [...(await context.list('Order', { limit: 1 } as never))];
        if (how === 'null') return [...(await context.list('Order', { where: { id: { eq: null } } } as never))];
        await context.create('Tenant', { data: { id: 'never', name: 'x', plan: 'PRO', settings: {} } });
        return [];
      },
    }),
  }));
  builder.mutationField('signUp', (t) =>
    t.field({
      type: row('Customer'),
      args: { tenantId: t.arg.id({ required: true }), name: t.arg.string({ required: true }) },
      resolve: async (_root, { tenantId, name }, context) => {
        seen.calls++;
        const tenant = await context.create('Tenant', {
          data: { id: tenantId, name: `${name}'s`, plan: 'FREE', settings: { made: 'by hand' } },
        });
        const customer = await context.create('Customer', {
          data: { tenantId: tenant.id, name, email: 'first@x.test', attributes: [] },
        });
        return await context.update('Customer', {
          by: { id: customer.id },
          shardKey: tenantId,
          data: { phone: '1' },
          expectedVersion: customer.version,
        });
      },
    }),
  );
  builder.mutationField('forget', (t) =>
    t.field({
      type: row('Customer'),
      args: { tenantId: t.arg.id({ required: true }), id: t.arg.id({ required: true }) },
      resolve: (_root, { tenantId, id }, context) => context.delete('Customer', { by: { id }, shardKey: tenantId }),
    }),
  );
});

const send = shopWorker(undefined, { extensions });
const ask = (query: string, variables: object = {}, headers: Record<string, string> = TRACED): Promise<GraphQLAnswer> =>
  postGraphQL('/graphql', query, variables as never, headers, send as never);
const data = async (query: string, variables: object = {}) => {
  const answer = await ask(query, variables);
  expect(answer.errors).toEqual([]);
  return answer.data;
};

beforeAll(async () => {
  const fields = ['x1', 'x2', 'x3'].flatMap((tenant) => [
    `${tenant}: createTenant(data: { id: "${tenant}", name: "Tenant ${tenant}", plan: PRO, settings: {} }) { id }`,
    ...[1, 2, 3].map(
      (n) =>
        `${tenant}c${n}: createCustomer(data: { tenantId: "${tenant}", id: "${tenant}-c${n}", name: "Ann Bee${n}", email: "${tenant}c${n}@ext.test", attributes: {} }) { id }`,
    ),
    ...[1, 2, 3, 4].map(
      (n) =>
        `${tenant}o${n}: createOrder(data: { tenantId: "${tenant}", id: "${tenant}-o${n}", customerId: "${tenant}-c${1 + (n % 2)}", status: ${n === 4 ? 'CANCELLED' : 'PAID'}, totalCents: ${n * 10}, shipping: {} }) { id }`,
    ),
  ]);
  await data(`mutation { ${fields.join('\n')} }`);
}, 60_000);

describe('lists in users’ code', () => {
  it('search, look into JSON and at related rows as lists of the API do', async () => {
    expect(await data('{ found(words: "ann -bee3", tenantId: "x1") { id } }')).toEqual({
      found: [{ id: 'x1-c1' }, { id: 'x1-c2' }],
    });
    expect(await data('{ found(words: "nobody", tenantId: "x1") { id } }')).toEqual({ found: [] });
  });
});

describe('computed fields', () => {
  it('see the columns they need and nothing else, wherever their type appears', async () => {
    seen.needs.length = 0;
    const answer = await data(`{
      customer(by: { id: "x1-c1" }, shardKey: "x1") { initials shout(times: 2) ... on Customer { again: shout(times: 1) } }
      orders(where: { id: { eq: "x1-o3" } }, shardKey: "x1") { nodes { isLarge statusName customer { initials } } edges { node { isLarge } } }
    }`);
    expect(answer).toEqual({
      customer: { initials: 'AB', shout: 'ANN BEE1ANN BEE1', again: 'ANN BEE1' },
      orders: {
        nodes: [{ isLarge: true, statusName: 'paid', customer: { initials: 'AB' } }],
        edges: [{ node: { isLarge: true } }],
      },
    });
    expect(seen.needs).toEqual([{ name: 'Ann Bee1' }, { name: 'Ann Bee1' }]);
  });

  it('may load other rows: those of all rows of a level share a call to each shard', async () => {
    seen.contexts.clear();
    const answer = await ask(`{ customers(shardKey: "x1", orderBy: [{ id: ASC }]) { nodes {
      id emailOfTenant largestOrder { totalCents customer { id } items { totalCount } }
    } } }`);
    expect(answer.errors).toEqual([]);
    expect(answer.data.customers.nodes).toEqual([
      {
        id: 'x1-c1',
        emailOfTenant: 'Tenant x1',
        largestOrder: { totalCents: 40, customer: { id: 'x1-c1' }, items: { totalCount: 0 } },
      },
      {
        id: 'x1-c2',
        emailOfTenant: 'Tenant x1',
        largestOrder: { totalCents: 30, customer: { id: 'x1-c2' }, items: { totalCount: 0 } },
      },
      { id: 'x1-c3', emailOfTenant: 'Tenant x1', largestOrder: null },
    ]);
    // The page; tenants and orders of all rows together; what is selected of the orders.
    expect(answer.extensions.trace).toMatchObject({ rpcs: 3, shards: [expect.any(String)] });
    expect(seen.contexts.size).toBe(1);
  });
});

describe('queries written by hand', () => {
  it('give rows that are read as they are selected', async () => {
    const answer = await ask(
      `{ bestCustomers(tenantId: "x2", limit: 2) { name initials email orders(orderBy: [{ id: ASC }]) { nodes { id customer { name } } } } }`,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.bestCustomers).toEqual([
      {
        name: 'Ann Bee2',
        initials: 'AB',
        email: 'x2c2@ext.test',
        orders: {
          nodes: [
            { id: 'x2-o1', customer: { name: 'Ann Bee2' } },
            { id: 'x2-o3', customer: { name: 'Ann Bee2' } },
          ],
        },
      },
      {
        name: 'Ann Bee1',
        initials: 'AB',
        email: 'x2c1@ext.test',
        orders: {
          nodes: [
            { id: 'x2-o2', customer: { name: 'Ann Bee1' } },
            { id: 'x2-o4', customer: { name: 'Ann Bee1' } },
          ],
        },
      },
    ]);
    expect(answer.extensions.trace.rpcs).toBe(2);
  });

  it('show rows that were read already without another read', async () => {
    const answer = await ask('{ loaded(email: "x3c1@ext.test", tenantId: "x3") { id name version nodeId initials } }');
    expect(answer.data.loaded).toMatchObject({ id: 'x3-c1', name: 'Ann Bee1', initials: 'AB' });
    expect(answer.extensions.trace.rpcs).toBe(1);
    const { customer } = await data(
      '{ customer(by: { id: "x3-c1" }, shardKey: "x3") { id name version nodeId initials } }',
    );
    expect(answer.data.loaded).toEqual(customer);
  });

  it('load many rows in one call, and keep holes where rows are missing', async () => {
    const answer = await ask('{ ordersOf(tenantId: "x1", ids: ["x1-o2", "none", "x1-o1"]) { id totalCents } }');
    expect(answer.data.ordersOf).toEqual([{ id: 'x1-o2', totalCents: 20 }, null, { id: 'x1-o1', totalCents: 10 }]);
    expect(answer.extensions.trace.rpcs).toBe(1);
  });

  it('may use types of their own, with rows, and with lists that take the arguments of generated ones', async () => {
    const query = `query ($after: String) { report(tenantId: "x2") {
      tenantId tenant { name orders { totalCount } }
      orders(where: { status: { eq: PAID } }, orderBy: [{ totalCents: DESC }], first: 2, after: $after) {
        totalCount nodes { id customer { initials } } edges { cursor } pageInfo { hasNextPage endCursor }
      }
    } }`;
    const { report } = await data(query);
    expect(report).toMatchObject({ tenantId: 'x2', tenant: { name: 'Tenant x2', orders: { totalCount: 4 } } });
    expect(report.orders).toMatchObject({
      totalCount: 3,
      nodes: [{ id: 'x2-o3' }, { id: 'x2-o2' }],
      pageInfo: { hasNextPage: true },
    });
    const next = await data(query, { after: report.orders.pageInfo.endCursor });
    expect(next.report.orders).toMatchObject({
      nodes: [{ id: 'x2-o1', customer: { initials: 'AB' } }],
      pageInfo: { hasNextPage: false },
    });
  });
});

describe('lists that users’ code gives one by one', () => {
  it('are lists, whether their document is new or comes again', async () => {
    const query = '{ streamed(ids: ["x1-o2", "x1-o1"], tenantId: "x1") { totalCents } streamedNames(failAt: 9) }';
    for (let time = 1; time <= 2; time++) {
      expect(await data(query)).toEqual({
        streamed: [{ totalCents: 20 }, { totalCents: 10 }],
        streamedNames: ['name 0', 'name 1', 'name 2'],
      });
    }
  });

  it('fail as one field, with one error', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (let time = 1; time <= 2; time++) {
      const answer = await ask('{ streamedNames(failAt: 1) }');
      expect(errorSummary(answer)).toEqual(['streamedNames INTERNAL_SERVER_ERROR']);
      expect(answer.data).toEqual({ streamedNames: null });
    }
    expect(log.mock.calls.join()).toMatch(/Two things failed\.[\s\S]*Error: a[\s\S]*Error: b/);
    log.mockRestore();
  });
});

describe('mutations written by hand', () => {
  it('write through the same transactions, and give rows as they then are', async () => {
    const { signUp } = await data(
      'mutation { signUp(tenantId: "x9", name: "Zoe Zed") { initials phone tenantId orders { totalCount } } }',
    );
    expect(signUp).toEqual({ initials: 'ZZ', phone: '1', tenantId: 'x9', orders: { totalCount: 0 } });
    const again = await ask('mutation { signUp(tenantId: "x9", name: "Zoe") { id } }');
    expect(errorSummary(again)).toEqual(['signUp UNIQUE_VIOLATION']);
  });

  it('give a deleted row as it was', async () => {
    await data(
      'mutation { createCustomer(data: { tenantId: "x1", id: "gone", name: "Gone", email: "gone@x.test", attributes: {} }) { id } }',
    );
    expect(await data('mutation { forget(tenantId: "x1", id: "gone") { name initials } }')).toEqual({
      forget: { name: 'Gone', initials: 'G' },
    });
    expect(errorSummary(await ask('mutation { forget(tenantId: "x1", id: "gone") { name } }'))).toEqual([
      'forget NOT_FOUND',
    ]);
  });
});

describe('misuse', () => {
  it('shows ShardQLErrors of users’ code, and masks all others under the request id', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const known = await ask('{ failing(how: "known") }');
    expect(known.errors).toMatchObject([
      {
        message: 'Expected a secret, but got none.',
        path: ['failing'],
        extensions: { code: 'NOT_FOUND', field: 'how' },
      },
    ]);
    for (const how of ['plain', 'disguised']) {
      const { errors, headers } = await ask(`{ failing(how: "${how}") }`);
      expect(errors).toMatchObject([
        {
          message: 'Internal server error',
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
        },
      ]);
    }
    expect(log.mock.calls.join()).toContain('hunter2');
    log.mockRestore();
  });

  it.each([
    ['plain', 'Error: password=hunter2', /^Error: password=hunter2\n +at /],
    ['caused', 'TypeError: outer', /^TypeError: outer\n[\s\S]*\ncaused by: RangeError: inner\n +at /],
    ['several', 'AggregateError: Two things failed.', /\none of them: Error: a\n[\s\S]*\none of them: Error: b\n/],
    ['foreign', 'GraphQLError: of another API', /^GraphQLError: of another API/],
    ['text', 'a text (thrown, and no Error)', /^a text \(thrown, and no Error\)$/],
    ['nothing', 'null (thrown, and no Error)', /^null \(thrown, and no Error\)$/],
    ['object', '{"status":500} (thrown, and no Error)', /^\{"status":500\} /],
    ['late', 'Error: rejected', /^Error: rejected\n +at /],
    ['deep', 'RangeError: Maximum call stack size exceeded', /^RangeError: Maximum call stack/],
    ['misfit', 'String cannot represent value: { a: 1 }', /String cannot represent value: \{ a: 1 \}/],
  ])('tells in development what was thrown (%s), and where to whoever runs it', async (how, thrown, text) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { errors, headers } = await ask(`{ failing(how: "${how}") }`);
    expect(errors).toMatchObject([
      { message: 'Internal server error', path: ['failing'], extensions: { code: 'INTERNAL_SERVER_ERROR', thrown } },
    ]);
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^Error in failing \(request [-0-9a-f]+\):\n/)]]);
    const [head, ...rest] = String(log.mock.calls[0]).split('\n');
    expect(head).toContain(headers.get('x-request-id'));
    expect(rest.join('\n')).toMatch(text);
    log.mockRestore();
  });

  it.each([
    [
      'order',
      'Expected a Customer: a row that context.load and its like gave, or an object with its primary key (tenantId, id), but got an Order.',
    ],
    [
      'keyless',
      'Expected a Customer: a row that context.load and its like gave, or an object with its primary key (tenantId, id), but got another value.',
    ],
    ['text', 'but got another value.'],
  ])('logs what is wrong with a row of the wrong kind (%s)', async (how, message) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const answer = await ask(`{ wrongRow(how: "${how}") { name } }`);
    expect(errorSummary(answer)).toEqual(['wrongRow INTERNAL_SERVER_ERROR']);
    expect(answer.errors[0]!.extensions?.thrown).toContain(message);
    expect(log.mock.calls.join()).toContain(message);
    log.mockRestore();
  });

  it.each([
    ['first', 'BAD_USER_INPUT', 'Expected first to be from 0 to 100, but got 101.'],
    [
      'name',
      'BAD_USER_INPUT',
      'Expected where of orders to be as the schema has it, but got another value: Field "nope" is not defined by type "OrderWhere"',
    ],
    ['argument', 'BAD_USER_INPUT', 'Expected arguments of orders, but got limit.'],
    ['null', 'BAD_USER_INPUT', 'Expected a value at where.id.eq, but got null.'],
    [
      'write',
      'INTERNAL_SERVER_ERROR',
      'Expected context.create to be called in a mutation, but got a query. Make the field a mutation.',
    ],
  ])('refuses wrong calls of the data methods (%s)', async (how, code, message) => {
    const { errors } = await ask(`{ badList(how: "${how}") { id } }`);
    expect(errors).toMatchObject([{ path: ['badList'], extensions: { code } }]);
    expect(errors[0]!.message).toContain(message);
    expect(await data('{ tenant(by: { id: "never" }) { id } }')).toEqual({ tenant: null });
  });
});

describe('what users’ code reads', () => {
  it.each([
    ['a query', `bestCustomers(tenantId: "x1", limit: 2) { id }`, '', ['bestCustomers']],
    [
      'a field of rows',
      `customers(shardKey: "x1") { nodes { largestOrder { id } } }`,
      '',
      ['customers', 'largestOrder'],
    ],
    ['a list', `report(tenantId: "x1") { orders { totalCount } }`, '', ['orders']],
    [
      'a field of rows in a fragment',
      `...All @consistency(mode: STRONG)`,
      'fragment All on Query { customers(shardKey: "x1") { nodes { largestOrder { id } } } }',
      ['customers', 'largestOrder'],
    ],
  ])('is as fresh as is asked around %s', async (_, selection, fragments, fields) => {
    const modesOf = async (mode: string) => {
      const query = `query @consistency(mode: STRONG) { ${selection} } ${fragments}`;
      const { extensions } = (await ask(query.replaceAll('STRONG', mode))) as unknown as {
        extensions: { consistency: { fields: { path: string[]; mode: string }[] } };
      };
      return extensions.consistency.fields.map(({ path, mode: told }) => `${path.at(-1)} ${told}`);
    };
    for (const mode of ['STRONG', 'CACHED']) {
      const told = await modesOf(mode);
      expect(new Set(told)).toEqual(new Set(fields.map((field) => `${field} ${mode}`)));
    }
  });
});
