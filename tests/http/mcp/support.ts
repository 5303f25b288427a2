/** The demo with rules, two tenants, and persisted operations that agents may call. */
import type { WorkerOptions } from '../../../src/index.ts';
import { authenticate, type Headers, headersOf, OPERATOR, OPERATOR_TOKEN } from '../signed-callers.ts';
import { type Send, shopWorker } from '../support.ts';

export const ONE = `one-${Date.now().toString(36)}`;
export const TWO = `two-${Date.now().toString(36)}`;

export const OPERATIONS = [
  `"The caller’s orders, newest first." query MyOrders("How many." $first: Int = 10, $where: OrderWhere) {
     orders(first: $first, where: $where, orderBy: [{ id: DESC }]) { totalCount nodes { id note status totalCents } } }`,
  'query Customers { customers(first: 100, orderBy: [{ id: ASC }]) { nodes { id name email } } }',
  'query Products { products(first: 100) { nodes { id name stock } } }',
  'mutation ChangePhone($id: ID!, $phone: String!, $shardKey: ID!) { updateCustomer(by: { id: $id }, shardKey: $shardKey, data: { phone: $phone }) { id phone } }',
  'mutation DeleteCustomer($id: ID!, $shardKey: ID!) { deleteCustomer(by: { id: $id }, shardKey: $shardKey) { id } }',
  'mutation Transfer($of: [OperationInput!]!) { transaction(operations: $of) { results { __typename } } }',
  'mutation AddCustomers($rows: [CustomerCreateInput!]!) { createCustomers(data: $rows) { affectedCount nodes { id name } } }',
  'mutation TwoFields($id: ID!, $key: ID!) { a: updateCustomer(by: { id: $id }, shardKey: $key, data: { phone: "1111" }) { id } b: updateCustomer(by: { id: $id }, shardKey: $key, data: { name: "Z" }) { phone } }',
  'mutation SetAttributes($id: ID!, $key: ID!, $attributes: JSON!) { updateCustomer(by: { id: $id }, shardKey: $key, data: { attributes: $attributes }) { attributes } }',
  'query WithCursor($_cursor: String) { tenants(shardKey: $_cursor) { totalCount } }',
  'query describe { tenants { nodes { name } } }',
].map((body, at) => ({ id: at.toString(16).repeat(64), body }));

export const worker = (options: Partial<WorkerOptions> = {}): Send =>
  shopWorker(
    { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN },
    { authenticate, persisted: { manifest: { operations: OPERATIONS }, only: true }, mcp: true, ...options },
  );

// biome-ignore lint/suspicious/noExplicitAny: answers are as free-form as the questions of the tests.
export type Answer = any;

/** Sends one message; the answer, or its status where there is none. */
export async function rpc(to: Send, headers: Headers, method: string, params: object = {}): Promise<Answer> {
  const response = await to('/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await response.text();
  return { status: response.status, ...(text !== '' && JSON.parse(text)) };
}

export interface Called {
  readonly text: string;
  readonly isError: boolean;
  /** What stands between the marks of data; null: nothing does. */
  readonly data: string | null;
}

export async function callTool(to: Send, headers: Headers, name: string, args: object = {}): Promise<Called> {
  const { result, error } = await rpc(to, headers, 'tools/call', { name, arguments: args });
  if (error) throw new Error(JSON.stringify(error));
  const { text } = result.content[0];
  const marked = /^<(data-[0-9a-f]{16})>\n([\s\S]*)\n<\/\1>$/m.exec(text);
  return { text, isError: result.isError, data: marked?.[2] ?? null };
}

/** Whatever the manifest says. */
export async function asOperator(to: Send, query: string, variables: object = {}): Promise<Answer> {
  const response = await to('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...OPERATOR },
    body: JSON.stringify({ query, variables }),
  });
  return await response.json();
}

export const customer = (tenantId: string, id: string, name = `N ${id}`) => ({
  ...{ tenantId, id, name, email: `${id}@x.example`, phone: '1', attributes: {} },
});

export const order = (tenantId: string, id: string, customerId: string, note: string | null = null) => ({
  ...{ tenantId, id, customerId, note, totalCents: 5, shipping: {} },
});

/** Tenants ONE (customers c1, c2) and TWO (c3), each with orders. */
export async function fillShop(orders: readonly object[] = []): Promise<Headers> {
  const open = worker({ persisted: {}, mcp: false });
  const filled = await asOperator(
    open,
    `mutation ($c: [CustomerCreateInput!]!, $o: [OrderCreateInput!]!) {
      t: createTenants(data: [{ id: "${ONE}", name: "One", plan: FREE, settings: {} }, { id: "${TWO}", name: "Two", plan: PRO, settings: {} }]) { affectedCount }
      c: createCustomers(data: $c) { affectedCount }
      o: createOrders(data: $o) { affectedCount }
    }`,
    {
      c: [customer(ONE, 'c1'), customer(ONE, 'c2'), customer(TWO, 'c3'), customer(ONE, 'c4')],
      o: [order(ONE, 'o1', 'c1'), order(ONE, 'o2', 'c2'), order(TWO, 'o3', 'c3'), ...orders],
    },
  );
  if (filled.errors) throw new Error(JSON.stringify(filled.errors));
  return await headersOf({ role: 'customer', shardKey: ONE, customerId: 'c1' });
}

/** All rows, of everybody. */
export async function everything(): Promise<string> {
  const { data } = await asOperator(
    worker({ persisted: {}, mcp: false }),
    `{ customers(first: 100, orderBy: [{ id: ASC }]) { nodes { tenantId id name phone email version } }
       orders(first: 100, orderBy: [{ id: ASC }]) { nodes { tenantId id note status version } }
       tenants(first: 100, orderBy: [{ id: ASC }]) { nodes { id name version } } }`,
  );
  return JSON.stringify(data);
}
