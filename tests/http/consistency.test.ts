/** The whole way of a request: modes, sessions and reports over real shards, isolates of their own, and a KV that is late. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorker, type Env } from '../../src/index.ts';
import { systemTimers } from '../../src/lib/timers.ts';
import { decodeSessionToken, encodeSessionToken } from '../../src/resolvers/consistency/session-token.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { stampsKvKey } from '../../src/shards/kv-key.ts';
import { addSeen, NOTHING_SEEN } from '../../src/shards/seen-versions.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { versionAt } from '../../src/shards/version.ts';
import { SimulatedKv } from '../support/cache/simulated-kv.ts';
import { publishingKv } from '../worker/publishing-kv.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are as free as the queries of the tests.
  readonly data: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly errors: any;
  readonly token: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly fields: any[];
}

const kv = new SimulatedKv({ clock: systemTimers });

/** An isolate: a Worker with a memory of its own, at a location of its own. */
function openIsolate() {
  const { handlers } = createWorker({
    model,
    migrations: bundle,
    cache: { recheckMs: 0, kvFillReads: 1, kvDistanceMs: 0 },
  });
  const isolateEnv = {
    SHARDQL_DEVELOPMENT: 'true',
    SHARD: env.PUBLISHING_SHARD,
    CATALOG: env.PUBLISHING_CATALOG,
    KV: { ...kv.location() },
  } as unknown as Env;
  return async (query: string, token?: string, as?: string): Promise<Answer> => {
    const execution = createExecutionContext();
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      ...(token && { 'x-shardql-token': token }),
      ...(as && { 'x-shardql-as': as }),
    };
    const body = JSON.stringify({ query });
    const request = new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body });
    const response = await handlers.fetch(request as Parameters<typeof handlers.fetch>[0], isolateEnv, execution);
    await waitOnExecutionContext(execution);
    const { data, errors, extensions } = await response.json<Record<string, never>>();
    const fields = (extensions as { consistency?: { fields: [] } } | undefined)?.consistency?.fields ?? [];
    return { status: response.status, data, errors, token: response.headers.get('x-shardql-token'), fields };
  };
}

const TENANT = `consistency-${crypto.randomUUID()}`;
const here = openIsolate();
const there = openIsolate();
/** At a location of its own: what it finds missing is not remembered where the others look. */
const elsewhere = openIsolate();

const customer = (mode: string) =>
  `{ customer(by: { id: "c" }, shardKey: "${TENANT}") @consistency(mode: ${mode}) { name } }`;
const rename = (name: string) =>
  `mutation { updateCustomer(by: { id: "c" }, shardKey: "${TENANT}", data: { name: "${name}" }) { name } }`;
const nameOf = ({ data }: Answer): string => data.customer.name;

/** Changes under these shard keys are published from now on. */
async function trace(query: string, ...tenants: readonly string[]): Promise<void> {
  await elsewhere(query);
  const documents = await Promise.all(tenants.map((tenant) => stampsKvKey(`t:${tenant}` as ShardKey)));
  while (documents.some((document) => kv.peek(document) === null)) await scheduler.wait(10);
}

beforeAll(async () => {
  publishingKv.current = kv.location();
  const { errors } = await here(`mutation {
    createTenant(data: { id: "${TENANT}", name: "T", plan: FREE, settings: {} }) { id }
    createCustomer(data: { tenantId: "${TENANT}", id: "c", name: "first", email: "c@x", attributes: {} }) { id }
  }`);
  expect(errors).toBeUndefined();
  await trace(customer('CACHED'), TENANT);
});
afterAll(() => {
  publishingKv.current = null;
});

describe('a read in each mode', () => {
  it('tells how it was answered', async () => {
    const [field] = (await here(customer('STRONG'))).fields;
    expect(field).toMatchObject({ path: ['customer'], mode: 'STRONG', source: 'shard', shards: 1 });
    expect(Number(field.asOf)).toBeGreaterThan(0);
    await here(customer('CACHED'));
    expect((await here(customer('CACHED'))).fields).toMatchObject([{ mode: 'CACHED', source: 'memory', shards: 0 }]);
    expect((await there(customer('CACHED'))).fields).toMatchObject([{ mode: 'CACHED', source: 'kv', shards: 0 }]);
  });

  it('sees a write of its own isolate at once, one of another as its mode says', async () => {
    await there(customer('CACHED'));
    const { token } = await here(rename('second'));
    expect(nameOf(await here(customer('CACHED')))).toBe('second');
    // The other location has read that nothing changed, and keeps to it for a while.
    expect(nameOf(await there(customer('CACHED')))).toBe('first');
    expect(nameOf(await there(customer('STRONG')))).toBe('second');
    expect(nameOf(await there(customer('SESSION'), token!))).toBe('second');
    expect(nameOf(await there(customer('BOUNDED, maxStalenessMs: 1')))).toBe('second');
  });

  it('finds what its own isolate has just written in memory: no read follows the write', async () => {
    await here(customer('CACHED'));
    await here(rename('read back'));
    const read = await here(customer('CACHED'));
    expect(nameOf(read)).toBe('read back');
    expect(read.fields).toMatchObject([{ source: 'memory', shards: 0 }]);
    await here(rename('first'));
    expect(nameOf(await there(customer('STRONG')))).toBe('first');
  });

  it('does not show a session what it deleted, anywhere', async () => {
    const create = `mutation { createCustomer(data: { tenantId: "${TENANT}", id: "gone", name: "x", email: "gone@x", attributes: {} }) { id } }`;
    const read = `{ customer(by: { id: "gone" }, shardKey: "${TENANT}") @consistency(mode: SESSION) { id } customers(shardKey: "${TENANT}") @consistency(mode: SESSION) { totalCount } }`;
    const created = await here(create);
    const seen = await there(read, created.token!);
    expect(seen.data).toMatchObject({ customer: { id: 'gone' }, customers: { totalCount: 2 } });
    const deleted = await here(
      `mutation { deleteCustomer(by: { id: "gone" }, shardKey: "${TENANT}") { id } }`,
      seen.token!,
    );
    expect((await there(read, deleted.token!)).data).toEqual({ customer: null, customers: { totalCount: 1 } });
  });

  it('does not go back behind what the session was shown', async () => {
    await there(customer('CACHED'));
    await here(rename('third'));
    const shown = await here(customer('STRONG'));
    expect(nameOf(await there(customer('SESSION'), shown.token!))).toBe('third');
  });
});

describe('session tokens', () => {
  it('grow, whatever order they come in', async () => {
    const old = (await here(customer('STRONG'))).token!;
    const written = (await here(rename('fourth'), old)).token!;
    const versionsOf = (token: string) => [...decodeSessionToken(token).versionByShard.values()];
    expect(versionsOf(written)[0]).toBeGreaterThan(versionsOf(old)[0]!);
    expect((await here(customer('STRONG'), written)).token).toBe(written);
  });

  it('let answers of an idle shard be taken from the cache, whatever was written elsewhere', async () => {
    // Four shards: of so many tenants, some lie on another one.
    const tenants = Array.from({ length: 24 }, (_, at) => `idle-${at}-${TENANT}`);
    const fields = tenants.map(
      (id, at) => `t${at}: createTenant(data: { id: "${id}", name: "N", plan: FREE, settings: {} }) { id }`,
    );
    await here(`mutation { ${fields.join(' ')} }`);
    const read = (id: string, token?: string) =>
      here(`{ tenant(by: { id: "${id}" }) @consistency(mode: SESSION) { name } }`, token);
    const reads = tenants.map((id, at) => `t${at}: tenant(by: { id: "${id}" }) @consistency(mode: CACHED) { name }`);
    await trace(`{ ${reads.join(' ')} }`, ...tenants);
    for (const id of tenants) await read(id);
    const { token } = await here(rename('busy'));
    const sources = new Set<string>();
    for (const id of tenants) sources.add((await read(id, token!)).fields[0].source);
    expect(sources).toContain('memory');
    expect((await here(customer('SESSION'), token!)).data.customer.name).toBe('busy');
    await here(rename('fourth'));
  });

  it.each([
    ['text', 'not-a-token', 'but got another text'],
    ['a negative number', '-5', 'but got another text'],
    ['a long number', '9'.repeat(100), 'but got another text'],
  ])('refuses tokens that no answer can have carried: %s', async (_, token, message) => {
    const { status, data, errors } = await here(customer('SESSION'), token);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0].message).toContain(message);
  });

  it('of another tenant, forged or from the future only make reads fresher (F24)', async () => {
    await here(customer('CACHED'));
    const [shard] = decodeSessionToken((await here(customer('STRONG'))).token!).versionByShard.keys();
    const changed = versionAt(Date.now() + 86_400_000);
    const forged = encodeSessionToken(
      addSeen(NOTHING_SEEN, { snapshots: [{ shard: shard!, asOf: changed, changed }], epoch: 1 }),
    );
    const { data, fields } = await here(customer('SESSION'), forged);
    expect(data.customer.name).toBe('fourth');
    expect(fields[0].source).toBe('shard');
  });

  it('that are not sealed say nothing of callers with rules, so none can be made up to ask what a shard has committed', async () => {
    const admin = `admin {"shardKey":"${TENANT}"}`;
    const [shard] = decodeSessionToken((await here(customer('STRONG'))).token!).versionByShard.keys();
    const seen = { snapshots: [{ shard: shard!, asOf: versionAt(1), changed: versionAt(1) }], epoch: 1 };
    const made = encodeSessionToken(addSeen(NOTHING_SEEN, seen));
    await there(customer('CACHED'), undefined, admin);
    await here(rename('unseen'));
    // What the other location keeps is new enough for a session that has seen next to nothing.
    expect(nameOf(await there(customer('SESSION'), made))).not.toBe('unseen');
    expect(nameOf(await there(customer('SESSION'), made, admin))).toBe('unseen');
    expect((await there(customer('SESSION'), 'not-a-token', admin)).status).toBe(400);
  });
});
