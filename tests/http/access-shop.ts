/** The shop with access rules, asked as its roles: what they get, and what it takes to see that nothing has changed. */
import { defineExtensions } from '../../src/index.ts';
import shopRules from '../models/shop-rules.ts';
import { type Send, shopWorker } from './support.ts';

const extensions = defineExtensions(shopRules, ({ builder, row }) => {
  const id = { required: true } as const;
  const field = (name: string, isElevated: boolean) =>
    builder.mutationField(name, (t) =>
      t.field({
        type: row('Order'),
        nullable: true,
        args: { id: t.arg.id(id), text: t.arg.string({ required: true }) },
        resolve: (_root, args, context) =>
          (isElevated ? context.elevated : context).update('Order', {
            by: { id: String(args.id) },
            shardKey: 't1',
            data: { note: args.text },
          }),
      }),
    );
  field('note', false);
  field('noteElevated', true);
  builder.mutationField('raisePrice', (t) =>
    t.field({
      type: row('Product'),
      nullable: true,
      args: { id: t.arg.id(id) },
      resolve: (_root, args, context) =>
        context.update('Product', { by: { id: String(args.id) }, shardKey: 't1', data: { priceCents: 1_000 } }),
    }),
  );
});

/** Of the file that runs: before it, the shards were emptied, and a Worker of an earlier one would know a map that is gone. */
let send: Send;

/** Header `x-shardql-as`. */
export const AS = {
  admin: 'admin {"shardKey":"t1"}',
  customer: 'customer {"shardKey":"t1","customerId":"c1"}',
  clerk: 'clerk {"shardKey":"t1"}',
  kiosk: 'kiosk {"shardKey":"t1"}',
  editor: 'editor {"shardKey":"t1"}',
  signup: 'signup {"shardKey":"t1"}',
  anonymous: 'anonymous',
  /** Whose credential says nothing. */
  nobody: 'customer {}',
} as const;

export type Role = keyof typeof AS;

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  }[];
}

/** @param role null: the operator. */
export async function ask(
  role: Role | null,
  query: string,
  {
    variables = {},
    headers = {},
  }: { readonly variables?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(role !== null && { 'x-shardql-as': AS[role] }), ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

/** The code of the first error; `OK` if there is none. */
export const codeOf = ({ errors }: Answer): string => errors?.[0]?.extensions.code ?? 'OK';

const at = '2026-01-02T03:04:05.678Z';

/** Two tenants with the same: two customers, two products of which one is sold out, an order of each customer with an item, and reviews. */
export async function fillShop(): Promise<void> {
  send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { model: shopRules, extensions });
  for (const t of ['t1', 't2']) {
    const row = (type: string, data: object) => ({ [`create${type}`]: { data } });
    const own = { tenantId: t, createdAt: at };
    const customer = (id: string) => row('Customer', { ...own, id, name: id, email: `${id}@${t}.org`, attributes: {} });
    const product = (id: string, stock: number) =>
      row('Product', { ...own, id, sku: `${id}-sku`, name: id, priceCents: 100, stock });
    const order = (id: string, customerId: string, status = 'PENDING') =>
      row('Order', { ...own, id, customerId, status, totalCents: 100, shipping: {} });
    const item = (id: string, orderId: string) =>
      row('OrderItem', { tenantId: t, id, orderId, productId: 'p1', quantity: 1, unitPriceCents: 100 });
    const review = (id: string, customerId: string) =>
      row('Review', { ...own, id, productId: 'p1', customerId, rating: 5, body: 'Good.' });
    const operations = [
      row('Tenant', { id: t, name: t, plan: 'FREE', settings: {}, createdAt: at }),
      ...['c1', 'c2'].map(customer),
      product('p1', 5),
      product('p2', 0),
      order('o1', 'c1'),
      order('o2', 'c2'),
      order('o3', 'c1', 'SHIPPED'),
      item('i1', 'o1'),
      item('i2', 'o2'),
      item('i3', 'o3'),
      review('r1', 'c1'),
      review('r2', 'c2'),
    ];
    const filled = await ask(
      null,
      'mutation ($operations: [OperationInput!]!) { transaction(operations: $operations) { results { affectedCount } } }',
      {
        variables: { operations },
      },
    );
    if (codeOf(filled) !== 'OK') throw new Error(JSON.stringify(filled.errors));
  }
}

/** All rows, with their versions. */
export async function snapshot(): Promise<unknown> {
  const { data } = await ask(
    null,
    `query @consistency(mode: STRONG) {
      tenants { nodes { id version name } }
      customers(first: 100) { nodes { id tenantId version } }
      products(first: 100) { nodes { id tenantId version } }
      orders(first: 100) { nodes { id tenantId version } }
      orderItems(first: 100) { nodes { id tenantId version } }
      reviews(first: 100) { nodes { id tenantId version } }
    }`,
  );
  return data;
}
