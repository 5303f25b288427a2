/** Options of access rules that few tables use: how fresh what rules look at has to be, and who has fields of one's own. */
import { describe, expect, it } from 'vitest';
import { claim, defineExtensions, defineModel } from '../../src/index.ts';
import { customers, orders, products, tenants } from '../../src/schema/model.ts';
import { graphql, type Send, shopWorker } from './support.ts';

const OF_TENANT = { tenantId: { eq: claim('shardKey') } };
const CACHED = { mode: 'CACHED', ttlSeconds: 60 } as const;

const model = defineModel({
  Tenant: {
    table: tenants,
    shardKey: 'id',
    access: { clerk: { read: { id: { eq: claim('shardKey') } } }, guest: { read: true } },
  },
  Customer: { table: customers, shardKey: 'tenantId', cache: CACHED, access: { clerk: { read: OF_TENANT } } },
  Product: {
    table: products,
    shardKey: 'tenantId',
    cache: CACHED,
    access: { clerk: { read: { ...OF_TENANT, stock: { gt: 0 } } } },
  },
  Order: {
    table: orders,
    shardKey: 'tenantId',
    cache: { ...CACHED, staleAccess: true },
    access: { clerk: { read: { ...OF_TENANT, status: { eq: 'PAID' } } } },
  },
});

const extensions = defineExtensions(model, ({ builder, computed }) => {
  computed('Tenant', 'shout', {
    type: 'String',
    needs: ['name'],
    roles: ['clerk'],
    resolve: ({ name }) => `${name}!`,
  });
  builder.queryField('secretOfClerks', (t) =>
    t.string({ nullable: true, extensions: { roles: ['clerk'] }, resolve: () => 'secret' }),
  );
  builder.queryField('forAll', (t) => t.string({ nullable: true, resolve: () => 'all' }));
});

const send: Send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { model, extensions });

const ask = async (as: string, query: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: of any query.
  (await send('/graphql', graphql(query, { 'x-shardql-as': as }))).json<any>();

interface Failed {
  readonly errors: readonly { readonly message: string }[];
}

describe('a rule', () => {
  it.each([
    ['of the primary key alone leaves caching as it is', 'customers', 'CACHED'],
    ['that compares other columns makes reads STRONG', 'products', 'STRONG'],
    ['that compares other columns may look at older rows where the model says so', 'orders', 'CACHED'],
  ])('%s', async (_, list, mode) => {
    const { errors, extensions: given } = await ask('clerk {"shardKey":"none"}', `{ ${list} { nodes { id } } }`);
    expect(errors).toBeUndefined();
    expect(given.consistency.fields).toEqual([{ path: [list], mode }]);
  });
});

describe('fields of one’s own', () => {
  it('that name a role that the model does not know stop every request', async () => {
    expect(() =>
      defineExtensions(model, ({ computed }) => {
        computed('Tenant', 'loud', { type: 'String', needs: ['name'], roles: ['clerc'], resolve: () => '' });
      }),
    ).toThrow(
      'computed field Tenant.loud: Expected each of roles to be one of clerk, guest, operator, but got "clerc". Did you mean "clerk"?',
    );
    const wrong = defineExtensions(model, ({ builder }) => {
      builder.queryField('loud', (t) =>
        t.string({ nullable: true, extensions: { roles: ['operator', 'gest'] }, resolve: () => '' }),
      );
    });
    const stopped = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { model, extensions: wrong });
    const { errors } = await (await stopped('/graphql', graphql('{ forAll }'))).json<Failed>();
    expect(errors[0]!.message).toContain(
      'field Query.loud: Expected each of roles to be one of clerk, guest, operator, but got "gest". Did you mean "guest"?',
    );
  });

  it('that name roles are there for those alone', async () => {
    const clerk = 'clerk {"shardKey":"none"}';
    expect(await ask(clerk, '{ secretOfClerks forAll tenants { nodes { shout } } }')).toMatchObject({
      data: { secretOfClerks: 'secret', forAll: 'all', tenants: { nodes: [] } },
    });
    expect(await ask('guest', '{ forAll }')).toMatchObject({ data: { forAll: 'all' } });
    for (const query of ['{ secretOfClerks }', '{ tenants { nodes { shout } } }']) {
      const { data, errors } = await ask('guest', query);
      expect([data, errors[0].extensions.code]).toEqual([undefined, 'GRAPHQL_VALIDATION_FAILED']);
    }
  });
});
