/** Everything that clients and operators can ask of the tables of the release before, over HTTP, and what they are told. */
import { expect } from 'vitest';
import type { Send } from '../../http/support.ts';
import { confirmed } from '../operator/confirmed.ts';

/** What was answered, by what was asked; without what differs from run to run. */
export type Transcript = Readonly<Record<string, unknown>>;

/** Moments that are taken back to are at least half a second ago: the clocks of shards may differ. */
const PAST_MS = 600;

interface Answered {
  readonly data: unknown;
  readonly errors: readonly unknown[];
  readonly operationId: string | null;
}

/** Asks one after the other: some rely on rows that others have written. */
export async function askEverything(send: Send, tenant: string): Promise<Transcript> {
  const transcript: Record<string, unknown> = {};
  const post = async (path: string, query: string): Promise<Answered> => {
    const body = JSON.stringify({ query });
    const response = await send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { data, errors = [], extensions } = await response.json<Record<string, never>>();
    return { data, errors: (errors as object[]).map(toldError), operationId: operationIdOf(extensions) };
  };
  const graphql = async (name: string, query: string): Promise<string | null> => {
    const { data, errors, operationId } = await post('/graphql', query.replaceAll('TENANT', `"${tenant}"`));
    transcript[name] = errors.length > 0 ? { data, errors } : data;
    return operationId;
  };
  const operator = async (name: string, query: string): Promise<void> => {
    const { data, errors } = await post('/operator', query);
    transcript[name] = errors.length > 0 ? { data, errors } : data;
  };
  const operatorAction = async (name: string, call: string, selection: string): Promise<void> => {
    const { data, errors } = await confirmed((query) => post('/operator', query), call, selection);
    transcript[name] = errors.length > 0 ? { data, errors } : data;
  };

  const create = (id: string, price: number) =>
    `data: { tenant: TENANT, id: "${id}", name: "name ${id}", price: ${price} }`;
  await graphql('create', `mutation { createItem(${create('a', 1)}) { id name price } }`);
  await graphql(
    'create with related rows',
    'mutation { createItem(data: { tenant: TENANT, id: "b", name: "name b", price: 2, parts: { create: [{ id: "b1" }, { id: "b2" }] } }) { id parts { nodes { id } } } }',
  );
  await graphql(
    'create many',
    `mutation { createItems(data: [{ tenant: TENANT, id: "c", name: "name c", price: 3 }, { tenant: TENANT, id: "d", name: "name d", price: 4 }]) { affectedCount } }`,
  );
  await graphql(
    'upsert by a unique key',
    'mutation { upsertItem(by: { name: "name a" }, shardKey: TENANT, create: { tenant: TENANT, id: "x", name: "name a", price: 9 }, update: { price: 10 }) { id price } }',
  );
  await graphql(
    'upsert many',
    'mutation { upsertItems(data: [{ tenant: TENANT, id: "c", name: "name c", price: 30 }, { tenant: TENANT, id: "e", name: "name e", price: 5 }]) { affectedCount } }',
  );
  await graphql(
    'update',
    'mutation { updateItem(by: { id: "b" }, shardKey: TENANT, data: { price: 20 }) { id price } }',
  );
  await graphql(
    'update many',
    'mutation { updateItems(where: { price: { lt: 6 } }, shardKey: TENANT, atMost: 10, data: {}, atomic: { name: { append: " cheap" } }) { affectedCount } }',
  );
  await graphql(
    'a transaction',
    `mutation { transaction(operations: [{ createPart: { data: { tenant: TENANT, id: "t1", item: "a" } } }, { updateItem: { by: { id: "a" }, shardKey: TENANT, data: { price: 11 } } }]) { results { __typename } } }`,
  );
  await graphql('a duplicate', `mutation { createItem(${create('a', 1)}) { id } }`);
  await graphql(
    'a missing target',
    'mutation { createPart(data: { tenant: TENANT, id: "p", item: "nowhere" }) { id } }',
  );
  const list =
    'items(where: { price: { gt: 0 } }, shardKey: TENANT, orderBy: [{ price: DESC }]) { totalCount nodes { id name price parts { totalCount } } }';
  await graphql('a list', `{ ${list} }`);
  await graphql('a list over all shards', '{ items(first: 3) { nodes { id price } pageInfo { hasNextPage } } }');
  await graphql('a search', '{ items(search: "cheap", shardKey: TENANT) { nodes { id } } }');
  await graphql(
    'groups',
    '{ items(shardKey: TENANT, first: 0) { groupBy(by: [{ field: NAME }], orderBy: [{ keys: { name: ASC } }]) { keys { name } count sum { price } } } }',
  );
  await graphql('a row', '{ item(by: { id: "b" }, shardKey: TENANT) { id name parts { nodes { id } } } }');
  await graphql(
    'a row from the cache, twice',
    'query @consistency(mode: CACHED) { one: item(by: { id: "b" }, shardKey: TENANT) { name } two: item(by: { id: "c" }, shardKey: TENANT) { name } }',
  );
  await graphql('a list from the cache', `query @consistency(mode: CACHED) { ${list} }`);
  const moment = new Date().toISOString();
  await scheduler.wait(PAST_MS);
  const deletion = await graphql('delete', 'mutation { deleteItem(by: { id: "b" }, shardKey: TENANT) { id } }');
  await graphql(
    'delete many',
    'mutation { deleteItems(where: { price: { gt: 29 } }, shardKey: TENANT, atMost: 5) { affectedCount } }',
  );
  await graphql(
    'what is left',
    '{ items(shardKey: TENANT) { nodes { id } } parts(shardKey: TENANT) { nodes { id } } }',
  );
  await graphql('the past', `query @asOf(time: "${moment}") { ${list} }`);
  await operatorAction('undo', `undo(operationId: "${deletion}")`, 'restoredCount conflicts { totalCount }');
  await graphql(
    'after the undo',
    '{ items(shardKey: TENANT) { nodes { id } } parts(shardKey: TENANT) { nodes { id } } }',
  );
  await operatorAction(
    'restore',
    `restore(type: "Item", shardKeys: ["${tenant}"], time: "${moment}")`,
    'restore { shards { name } }',
  );
  await operator('restores', '{ restores { type } }');
  await graphql('after the restore', `{ ${list} }`);

  const rows = [{ tenant, id: 'i', name: 'imported', price: 50 }];
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  transcript.import = await (await send('/import?table=items', { method: 'POST', body })).json();
  transcript.export = await textOf(send, '/export?table=parts');
  transcript.backup = await begunBackup(send);
  await graphql('in the end', `{ ${list} }`);
  return transcript;
}

/** Without what differs from run to run. */
function toldError(error: object): unknown {
  const { message, path, extensions } = error as Record<string, unknown>;
  const { code, retryable } = extensions as Record<string, unknown>;
  return { message, path, code, retryable };
}

function operationIdOf(extensions: unknown): string | null {
  const operations = (extensions as { operations?: readonly { operationId: string }[] } | undefined)?.operations;
  return operations?.[0]?.operationId ?? null;
}

async function textOf(send: Send, path: string): Promise<readonly string[]> {
  const response = await send(path);
  return [String(response.status), ...(await response.text()).trim().split('\n').sort()];
}

async function begunBackup(send: Send): Promise<unknown> {
  const response = await send('/backup/start', { method: 'POST' });
  // biome-ignore lint/suspicious/noExplicitAny: JSON.
  const body: any = await response.json();
  if (response.status !== 200) return body.errors.map(toldError);
  const [{ name }] = body.shards;
  const page = await send(`/backup/rows?shard=${name}&table=items`);
  expect(page.status).toBe(200);
  return body.shards.map((shard: { readonly name: string }) => shard.name);
}
