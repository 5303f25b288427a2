import { describe, expect, it } from 'vitest';
import { type Send, shopWorker } from '../support.ts';

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: of any query.
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly path?: unknown;
    readonly extensions: { readonly code: string };
  }[];
  readonly extensions?: { readonly operations?: readonly { readonly operationId: string }[] };
}

async function ask(
  send: Send,
  path: string,
  query: string,
  variables: object = {},
  more: object = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const response = await send(path, { method: 'POST', headers, body: JSON.stringify({ query, variables, ...more }) });
  const { data = null, errors = [], extensions } = await response.json<Partial<Answer>>();
  return { data, errors, ...(extensions && { extensions }) };
}

const UNDO = `mutation ($id: ID!, $preview: Boolean!, $confirmation: String, $first: Int!, $after: String) {
  undo(operationId: $id, preview: $preview, confirmation: $confirmation, first: $first, after: $after) {
    confirmation { token } operationId restoredCount updatedCount deletedCount
    changes { totalCount hasNextPage endCursor nodes { table key before after } }
    conflicts { totalCount hasNextPage endCursor nodes { table key before after reason message } }
    shards { name changedCount code message }
  }
}`;

/** Confirmed, if it is no preview. */
async function undo(send: Send, id: string, preview = false, more: object = {}): Promise<Answer> {
  const previewed = await ask(send, '/operator', UNDO, { id, preview: true, first: 100, ...more });
  if (preview || previewed.errors.length > 0) return previewed;
  const confirmation = previewed.data.undo.confirmation.token;
  return await ask(send, '/operator', UNDO, { id, preview, confirmation, first: 100, ...more });
}

/** Runs a mutation of /graphql; gives its operation id. */
async function mutate(send: Send, query: string): Promise<string> {
  const { errors, extensions } = await ask(send, '/graphql', `mutation { ${query} }`);
  expect(errors).toEqual([]);
  return extensions!.operations![0]!.operationId;
}

const createTenant = (send: Send, id: string) =>
  mutate(send, `createTenant(data: { id: "${id}", name: "${id}", plan: FREE, settings: {} }) { id }`);
const createCustomer = (send: Send, tenant: string, id: string) =>
  mutate(
    send,
    `createCustomer(data: { tenantId: "${tenant}", id: "${id}", name: "${id}", email: "${id}@x.org", attributes: {} }) { id }`,
  );

describe('POST /operator', () => {
  it('gives what one field did though another one failed', async () => {
    const send = shopWorker();
    await createTenant(send, 'undo-both');
    const id = await createCustomer(send, 'undo-both', 'a');
    const { token } = (await undo(send, id, true)).data.undo.confirmation;
    const both = `mutation ($id: ID!, $token: String!) {
      done: undo(operationId: $id, confirmation: $token) { operationId deletedCount confirmation { token } }
      failed: undo(operationId: "none", confirmation: $token) { operationId }
    }`;
    const { data, errors } = await ask(send, '/operator', both, { id, token });
    expect(errors).toEqual([expect.objectContaining({ path: ['failed'] })]);
    expect(data).toMatchObject({
      done: { operationId: expect.stringContaining('@'), deletedCount: 1, confirmation: null },
      failed: null,
    });
  });

  it('undoes a mutation by its operation id, shows it before, and undoes the undo', async () => {
    const send = shopWorker();
    await createTenant(send, 'undo-1');
    await createCustomer(send, 'undo-1', 'a');
    const id = await mutate(send, 'deleteCustomer(by: { id: "a" }, shardKey: "undo-1") { id }');
    const names = async () =>
      (await ask(send, '/graphql', '{ customers(shardKey: "undo-1") { nodes { id } } }')).data.customers.nodes;
    expect(await names()).toEqual([]);
    const preview = await undo(send, id, true);
    expect(preview.data.undo).toMatchObject({ operationId: null, restoredCount: 1, conflicts: { totalCount: 0 } });
    expect(preview.data.undo.changes.nodes).toEqual([
      {
        table: 'Customer',
        key: { tenantId: 'undo-1', id: 'a' },
        before: null,
        after: expect.objectContaining({ name: 'a', email: 'a@x.org', attributes: {} }),
      },
    ]);
    expect(await names()).toEqual([]);
    const done = await undo(send, id);
    expect(done.errors).toEqual([]);
    expect(done.data.undo).toMatchObject({ operationId: expect.stringContaining('@'), restoredCount: 1 });
    expect(done.data.undo.shards).toEqual([{ name: expect.any(String), changedCount: 1, code: null, message: null }]);
    expect(done.extensions!.operations).toEqual([{ path: ['undo'], operationId: done.data.undo.operationId }]);
    expect(await names()).toEqual([{ id: 'a' }]);
    const redone = await undo(send, done.data.undo.operationId);
    expect(redone.data.undo).toMatchObject({ deletedCount: 1 });
    expect(await names()).toEqual([]);
  });

  it('lists rows that were changed since as conflicts, and pages them in previews alone', async () => {
    const send = shopWorker();
    await createTenant(send, 'undo-2');
    const id = await createCustomer(send, 'undo-2', 'a');
    await mutate(send, 'updateCustomer(by: { id: "a" }, shardKey: "undo-2", data: { name: "mine" }) { id }');
    const { data } = await undo(send, id, true);
    expect(data.undo.conflicts).toMatchObject({ totalCount: 1, hasNextPage: false, endCursor: '1' });
    expect(data.undo.conflicts.nodes[0]).toMatchObject({
      reason: 'CHANGED_SINCE',
      before: { name: 'mine' },
      after: null,
    });
    const next = await undo(send, id, true, { after: '1' });
    expect(next.data.undo.conflicts).toMatchObject({ totalCount: 1, hasNextPage: false, endCursor: null, nodes: [] });
    expect((await undo(send, id, false, { after: '1' })).errors[0]).toMatchObject({
      message: expect.stringMatching(/^Expected after together with preview/),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    const done = await undo(send, id);
    expect(done.data.undo).toMatchObject({ operationId: null, deletedCount: 0, conflicts: { totalCount: 1 } });
  });

  it('undoes what was previewed: not if its rows have changed since, and whatever happens to others', async () => {
    const send = shopWorker();
    await createTenant(send, 'undo-4');
    const id = await createCustomer(send, 'undo-4', 'a');
    const tokenOf = async () => (await undo(send, id, true)).data.undo.confirmation.token;
    const confirm = async (confirmation: string) =>
      await ask(send, '/operator', UNDO, { id, preview: false, confirmation, first: 100 });
    const [early, late] = [await tokenOf(), await tokenOf()];
    await createCustomer(send, 'undo-4', 'b');
    expect((await confirm(late)).data.undo).toMatchObject({ deletedCount: 1, conflicts: { totalCount: 0 } });
    const { errors } = await confirm(early);
    expect(errors).toMatchObject([{ extensions: { code: 'CONFIRMATION_REFUSED', problem: 'STALE' } }]);
  });

  it('refuses what is no operation id, or that of none, and wrong pages', async () => {
    const send = shopWorker();
    await createTenant(send, 'undo-3');
    const id = await createCustomer(send, 'undo-3', 'a');
    const failure = async (operationId: string, more: object = {}) => {
      const { errors } = await undo(send, operationId, true, more);
      expect(errors[0]!.message).toMatch(/^Expected .* but got /);
      return errors[0]!.extensions.code;
    };
    expect(await failure('nonsense')).toBe('BAD_USER_INPUT');
    expect(await failure(id.replace(/@[^.]+/, '@elsewhere'))).toBe('NOT_FOUND');
    expect(await failure(id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')))).toBe('NOT_FOUND');
    expect(await failure(id, { first: 101 })).toBe('BAD_USER_INPUT');
    expect(await failure(id, { after: 'x' })).toBe('BAD_USER_INPUT');
  });

  it('shows the shards, has a schema of its own, and explains nothing', async () => {
    const send = shopWorker();
    const { data } = await ask(
      send,
      '/operator',
      '{ shards(live: true) { name migration liveBytes level rows growthPerDay largeShardKeys { shardKey } logBytes restorableSince restorableSinceVersion code } __schema { queryType { name } } }',
    );
    expect(data.shards[0]).toMatchObject({ name: expect.any(String), migration: expect.any(String), code: null });
    expect(data.shards[0]).toMatchObject({
      liveBytes: expect.any(Number),
      level: 'OK',
      growthPerDay: null,
      largeShardKeys: [],
      // Nothing is trimmed yet.
      ...{ logBytes: expect.any(Number), restorableSince: null, restorableSinceVersion: '0' },
    });
    const reported = await ask(send, '/operator', '{ shards { name slots asOf migration tables { rows } } }');
    // No monitor is bound.
    expect(reported.data.shards[0]).toMatchObject({ slots: 4096, asOf: null, migration: null, tables: null });
    const counted = await ask(send, '/operator', '{ shards(count: true) { tables { table rows } } }');
    expect(counted.data.shards[0].tables).toContainEqual({ table: 'Tenant', rows: expect.any(Number) });
    expect((await ask(send, '/operator', '{ customers { nodes { id } } }')).errors[0]!.extensions.code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    const explained = await ask(send, '/operator', '{ shards { name } }', {}, { extensions: { explain: true } });
    expect(explained.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('is for developers, of this machine, by POST of JSON', async () => {
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    };
    expect((await shopWorker({})('/operator', post)).status).toBe(401);
    const send = shopWorker();
    expect((await send('/operator')).status).toBe(405);
    expect((await send('/operator', { ...post, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const foreign = { ...post, headers: { ...post.headers, origin: 'https://evil.example' } };
    expect((await send('/operator', foreign)).status).toBe(403);
    expect((await send('/operator', post)).status).toBe(200);
  });
});
