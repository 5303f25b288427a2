/**
 * F38, F63: the database reaches the platform's limit amid a restore, its undo, a copy, an import, a delete and its undo, wherever in it. Each fails
 * with SHARD_FULL as a whole, or stops between two steps, and goes on once there is room; others of the shard are served meanwhile.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postGraphQL } from '../support/graphql.ts';
import { confirmed } from '../support/operator/confirmed.ts';
import { type Server, startServer } from '../support/server.ts';

/** More than any of it needs. */
const PLENTY = 1_000_000;
/** By which the room grows from one attempt to the next. */
const MORE_PAGES = 20;
const ROWS = 100;

let server: Server;
/** A moment at which the tenant `t` had all its products. */
let time: string;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const ok = async (asked: ReturnType<Server['graphql']>) => {
  const { data, errors } = await asked;
  expect(errors).toEqual([]);
  return data;
};
const operate = (query: string, variables = {}) => postGraphQL(`${server.origin}/operator`, query, variables);

/** Bounds the database, but not below what it has; gives how many pages that is. The shard may just be starting anew. */
async function bound(most: number): Promise<number> {
  for (;;) {
    const response = await fetch(`${server.origin}/test/pages?most=${most}`);
    const text = await response.text();
    if (response.ok) return Number(text);
    await pause(20);
  }
}

const products = (tenant: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const id = `p${from + at}`;
    return { tenantId: tenant, id, sku: id, name: 'P', priceCents: 1, description: 'x'.repeat(10_000) };
  });

/** Null: they are behind a fence. */
async function count(tenant: string): Promise<number | null> {
  const { data, errors } = await server.graphql(`{ products(shardKey: "${tenant}") { totalCount } }`);
  if (errors.length === 0) return data.products.totalCount;
  expect(errors[0]!.extensions?.code).toBe('SHARD_UNAVAILABLE');
  return null;
}

const serveOthers = () =>
  ok(server.graphql('mutation { updateTenant(by: { id: "u" }, data: { name: "U" }) { name } }'));

/** Attempts with ever more room, until one is through. Gives how many were not. */
async function withMoreRoom(attempt: () => Promise<boolean>, morePages = MORE_PAGES): Promise<number> {
  let failed = 0;
  for (let most = await bound(PLENTY); ; most += morePages) {
    await bound(most);
    const isThrough = await attempt();
    await serveOthers();
    if (isThrough) break;
    expect(++failed).toBeLessThan(50);
  }
  await bound(PLENTY);
  return failed;
}

/** Begins a restore with next to no room, and has it go on. */
async function restoreWithMoreRoom(mutation: string): Promise<string> {
  let id: string | null = null;
  const failed = await withMoreRoom(async () => {
    if (id === null) {
      const { data, errors } = await confirmed(operate, mutation, 'restore { id state endedAt }');
      expect(errors).toEqual([]);
      const { restore } = data[/^\w+/.exec(mutation)![0]];
      ({ id } = restore);
      expect(restore).toMatchObject({ state: 'RUNNING', endedAt: null });
      return false;
    }
    const { data, errors } = await operate('mutation ($id: ID!) { continueRestore(id: $id) { state } }', { id });
    for (const { extensions, message } of errors) {
      expect(extensions).toMatchObject({ code: 'SHARD_FULL', retryable: false });
      expect(message).not.toMatch(/SQLITE|disk/);
    }
    return data.continueRestore?.state === 'DONE';
  });
  expect(failed).toBeGreaterThan(1);
  return id!;
}

beforeAll(async () => {
  server = await startServer({
    shards: 1,
    config: 'tests/e2e/full-worker/wrangler.toml',
    env: { SHARDQL_TEST_PAGES: String(PLENTY) },
  });
  for (const id of ['t', 'u'])
    await ok(
      server.graphql(`mutation { createTenant(data: { id: "${id}", name: "T", plan: FREE, settings: {} }) { id } }`),
    );
  const create = 'mutation ($data: [ProductCreateInput!]!) { createProducts(data: $data) { affectedCount } }';
  for (let from = 0; from < ROWS; from += 10) await ok(server.graphql(create, { data: products('t', from, 10) }));
  await pause(10);
  time = new Date().toISOString();
  await pause(600);
  for (let from = 0; from < ROWS; from += 10) {
    const ids = products('t', from, 10).map(({ id }) => id);
    const remove = `mutation ($ids: [ID!]) { deleteProducts(where: { id: { in: $ids } }, shardKey: "t", atMost: 10) { affectedCount } }`;
    await ok(server.graphql(remove, { ids }));
  }
});
afterAll(() => server?.stop());

it('a restore stops, is cancelled or goes on, and is undone, as far as there is room', async () => {
  await bound(await bound(PLENTY));
  const { data } = await confirmed(operate, `restore(shardKeys: ["t"], time: "${time}")`, 'restore { id state }');
  const { restore } = data.restore;
  expect(restore.state).toBe('RUNNING');
  const cancelled = await operate(`mutation { cancelRestore(id: "${restore.id}") { state } }`);
  expect(cancelled.data.cancelRestore.state).toBe('CANCELLED');
  expect(await count('t')).toBe(0);

  const id = await restoreWithMoreRoom(`restore(shardKeys: ["t"], time: "${time}")`);
  expect(await count('t')).toBe(ROWS);
  await restoreWithMoreRoom(`undoRestore(id: "${id}")`);
  expect(await count('t')).toBe(0);
});

it('a copy is there as a whole; or it ends, says why, and leaves nothing', async () => {
  const failed = await withMoreRoom(async () => {
    const begin = `restoreAs(shardKey: "t", as: "v", time: "${time}")`;
    const begun = await ok(confirmed(operate, begin, 'restore { id state endedAt problem { code } }'));
    let copy = begun.restoreAs.restore as Record<'id' | 'state' | 'endedAt', string>;
    while (copy.endedAt === null) {
      await pause(50);
      const go = 'mutation ($id: ID!) { copy: continueRestore(id: $id) { id state endedAt problem { code } } }';
      const { data, errors } = await operate(go, copy);
      for (const { extensions } of errors) expect(extensions?.code).toMatch(/^SHARD_(FULL|UNAVAILABLE)$/);
      copy = data.copy ?? copy;
    }
    if (copy.state === 'DONE') return true;
    expect(copy).toMatchObject({ state: 'CANCELLED', problem: { code: 'SHARD_FULL' } });
    expect(await count('v')).toBe(0);
    return false;
  }, 10 * MORE_PAGES);
  expect(failed).toBeGreaterThan(0);
  expect([await count('t'), await count('v')]).toEqual([0, ROWS]);
});

it('an import, a delete, and its undo, are made as a whole or not at all', async () => {
  const rows = products('u', 0, ROWS).map((row) => JSON.stringify({ ...row, createdAt: '2026-01-01T00:00:00Z' }));
  const refused = await withMoreRoom(async () => {
    const response = await fetch(`${server.origin}/import?table=products`, { method: 'POST', body: rows.join('\n') });
    const text = await response.text();
    expect(response.ok || /"code":"SHARD_FULL"/.test(text), text).toBe(true);
    return response.ok;
  });
  expect(refused).toBeGreaterThan(1);
  expect(await count('u')).toBe(ROWS);

  const remove =
    'mutation { deleteProducts(where: { priceCents: { gt: 0 } }, shardKey: "u", atMost: 1000) { affectedCount } }';
  let operationId: string | undefined;
  await withMoreRoom(async () => {
    const { errors, extensions } = await server.graphql(remove);
    operationId = extensions?.operations?.[0].operationId;
    if (errors.length === 0) return true;
    expect(errors[0]!.extensions?.code).toBe('SHARD_FULL');
    expect(await count('u')).toBe(ROWS);
    return false;
  });
  expect(await count('u')).toBe(0);

  const undone = await withMoreRoom(async () => {
    const { data, errors } = await confirmed(
      operate,
      `undo(operationId: "${operationId}")`,
      'restoredCount shards { code }',
    );
    if (errors.length === 0) {
      expect(data.undo).toEqual({ restoredCount: ROWS, shards: [{ code: null }] });
      return true;
    }
    // A preview is tried, too.
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^Expected a shard with room for this /), extensions: { code: 'SHARD_FULL' } },
    ]);
    expect(await count('u')).toBe(0);
    return false;
  });
  expect(undone).toBeGreaterThan(1);
  expect(await count('u')).toBe(ROWS);
});

it('no line of the log has what SQLite says', () => {
  // workerd's own are no lines of JSON.
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(lines.join('\n')).toContain('Expected a database with room');
  expect(lines.filter((line) => /SQLITE_FULL|disk is full/.test(line))).toEqual([]);
});
