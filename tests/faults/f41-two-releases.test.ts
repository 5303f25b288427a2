/**
 * F41: routers and shards of two releases work together, in both directions; and so does the release before on shards that the next one
 * has migrated, if that only adds.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorker } from '../../src/index.ts';
import { NEWEST_PROTOCOL } from '../../src/shards/protocol/envelope.ts';
import { type Send, sender } from '../http/support.ts';
import { Fleet, SHARDS } from '../shards/server/migrate/fleet-lab.ts';
import { confirmed } from '../support/operator/confirmed.ts';
import { after, before, type Release } from '../support/releases/additive-release.ts';
import { askEverything, type Transcript } from '../support/releases/all-operations.ts';

type Bindings = Fleet['bindings'];

/** A Worker of the release, in front of the shards there are. */
const apiOf = (fleet: Fleet, { model, bundle }: Release, change = (bindings: Bindings) => bindings): Send =>
  sender(createWorker({ model, migrations: bundle }), { ...change(fleet.bindings), SHARDQL_DEVELOPMENT: 'true' });

const tenantOf = (fleet: Fleet): string => fleet.tenantOf(SHARDS[1]!);

async function transcriptOf(router: Release, shards: Release): Promise<Transcript> {
  const fleet = await Fleet.start(shards);
  return await askEverything(apiOf(fleet, router), tenantOf(fleet));
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are as free as queries.
  readonly data: any;
  readonly errors: readonly string[];
  readonly operationId: string | undefined;
}

async function ask(send: Send, tenant: string, query: string, path = '/graphql'): Promise<Answer> {
  const body = JSON.stringify({ query: query.replaceAll('TENANT', `"${tenant}"`) });
  const response = await send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const { data, errors = [], extensions } = await response.json<any>();
  return {
    data,
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    errors: errors.map((error: any) => `${error.extensions.code} ${error.extensions.retryable} ${error.message}`),
    operationId: extensions?.operations?.[0]?.operationId,
  };
}

/** Shards with the tables of the next release, in which the one before runs again. */
async function rolledBack(): Promise<Fleet> {
  const fleet = await Fleet.start(before);
  for (const shard of SHARDS.slice(0, 2)) await fleet.create(shard, 'Item', 'old', { name: 'old', price: '1' });
  fleet.deploy(after);
  const tenant = tenantOf(fleet);
  const next = apiOf(fleet, after);
  for (const query of [
    'mutation { createItem(data: { tenant: TENANT, id: "n", name: "new", price: 2, note: "noted", stock: 3 }) { id } }',
    'mutation { createLabel(data: { tenant: TENANT, id: "l", text: "labelled", item: "n" }) { id } }',
  ]) {
    expect((await ask(next, tenant, query)).errors).toEqual([]);
  }
  fleet.deploy(before);
  return fleet;
}

/** What uses something that the next release adds. */
const NEW: readonly (readonly [what: string, query: string])[] = [
  ['a column', '{ items(shardKey: TENANT) { nodes { id note } } }'],
  ['a filter', '{ items(where: { stock: { gt: 1 } }, shardKey: TENANT) { totalCount } }'],
  ['an order, over all shards', '{ items(orderBy: [{ stock: ASC }]) { nodes { id } } }'],
  ['a sum', '{ items(shardKey: TENANT) { aggregate { sum { stock } } } }'],
  ['a search, of one more column', '{ items(search: "x", shardKey: TENANT) { nodes { id } } }'],
  ['a table', '{ labels(shardKey: TENANT) { nodes { id } } }'],
  ['related rows', '{ items(shardKey: TENANT) { nodes { labels { totalCount } } } }'],
  ['a value', 'mutation { createItem(data: { tenant: TENANT, id: "v", name: "v", price: 1, note: "n" }) { id } }'],
  [
    'values of many rows',
    'mutation { createItems(data: [{ tenant: TENANT, id: "w", name: "w", price: 1, stock: 1 }]) { affectedCount } }',
  ],
  [
    'a change',
    'mutation { updateItem(by: { id: "old" }, shardKey: TENANT, atomic: { stock: { increment: 1 } }) { id } }',
  ],
  ['a selection', 'mutation { updateItem(by: { id: "old" }, shardKey: TENANT, data: { price: 99 }) { stock } }'],
  ['a row', 'mutation { createLabel(data: { tenant: TENANT, id: "m", text: "m", item: "old" }) { id } }'],
];

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe('F41: two releases, of which the next one only adds', () => {
  it('answer everything that the release before can ask alike, whichever is in the Worker and in the shards', async () => {
    const expected = await transcriptOf(before, before);
    for (const [what, answer] of Object.entries(expected)) {
      if (!/duplicate|missing/.test(what)) expect(JSON.stringify(answer), what).not.toContain('errors');
    }
    expect(await transcriptOf(before, after)).toEqual(expected);
    // A search looks at one more column by then, which the shard does not have.
    const { 'a search': search, ...others } = await transcriptOf(after, before);
    const { 'a search': _, ...expectedOthers } = expected;
    expect(others).toEqual(expectedOthers);
    expect(JSON.stringify(search)).toContain('still runs another release');
  });

  it('answer the same on shards that the next one has migrated and that run the one before; but what takes whole rows back or away is left to the next one', async () => {
    const expected = await transcriptOf(before, before);
    // What is left to the next release, what it leads to, what is of rows of other tenants, and the search, as above.
    const differs = /^(the past|undo|restores?|backup|after the|in the end|export|a list over all|a search)/;
    const alike = (all: Transcript) => Object.fromEntries(Object.entries(all).filter(([what]) => !differs.test(what)));
    for (const router of [before, after]) {
      const fleet = await rolledBack();
      const answers = await askEverything(apiOf(fleet, router), fleet.tenantOf(SHARDS[2]!));
      expect(alike(answers)).toEqual(alike(expected));
      if (router === before) expect(answers['a search']).toEqual(expected['a search']);
      for (const what of ['the past', 'undo', 'restore', 'backup']) {
        expect(JSON.stringify(answers[what]), what).toMatch(/has migration 0001_labels.*SHARD_UNAVAILABLE/);
      }
    }
  });

  it('say of what is new that a shard still runs another release, to be tried again; nothing is written, and later it works', async () => {
    const old = await Fleet.start(before);
    const tenant = tenantOf(old);
    await old.create(SHARDS[1]!, 'Item', 'old', { name: 'old', price: '1' });
    for (const fleet of [old, await rolledBack()]) {
      const send = apiOf(fleet, after);
      const told = await Promise.all(NEW.map(async ([what, query]) => [what, (await ask(send, tenant, query)).errors]));
      for (const [what, errors] of told) {
        expect(errors, what as string).toEqual([
          expect.stringMatching(/^SHARD_UNAVAILABLE true .*still runs another release/),
        ]);
      }
      const { data } = await ask(send, tenant, '{ item(by: { id: "old" }, shardKey: TENANT) { price } }');
      expect(data).toEqual({ item: { price: 1 } });
      fleet.deploy(after);
      for (const [what, query] of NEW) expect((await ask(send, tenant, query)).errors, what).toEqual([]);
    }
  });

  it('try again by themselves what is new: a shard that is replaced meanwhile answers', async () => {
    const fleet = await Fleet.start(before);
    const tenant = tenantOf(fleet);
    await fleet.create(SHARDS[1]!, 'Item', 'old', { name: 'old', price: '1' });
    const send = apiOf(fleet, after);
    const answers = Promise.all(NEW.map(async ([, query]) => (await ask(send, tenant, query)).errors));
    await scheduler.wait(100);
    fleet.deploy(after);
    // Many rows at once are several transactions, which are not sent again.
    const failed = (await answers).flat();
    expect(failed.filter((error) => !error.includes('another release'))).toEqual([]);
    expect(failed.length).toBeLessThanOrEqual(1);
  });

  it('read rows for the cache in part where a shard lacks a column, and whole again after a minute', async () => {
    const fleet = await Fleet.start(before);
    await fleet.create(SHARDS[1]!, 'Item', 'old', { name: 'old', price: '1' });
    const send = apiOf(fleet, after);
    const row = 'query @consistency(mode: CACHED) { item(by: { id: "old" }, shardKey: TENANT) { name } }';
    const reads = async () => {
      fleet.calls.length = 0;
      expect(await ask(send, tenantOf(fleet), row)).toMatchObject({ data: { item: { name: 'old' } }, errors: [] });
      return fleet.calls.filter(({ method }) => method === 'read').length;
    };
    expect(await reads()).toBeGreaterThan(1);
    expect(await reads()).toBe(1);
    fleet.deploy(after);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 61_000);
    await reads();
    expect(await reads()).toBe(0);
  });
});

describe('F41: a rollback after a migration that only adds', () => {
  it('keeps what the next release has written: whoever deletes it, an undo by the next one brings all of it back', async () => {
    const fleet = await rolledBack();
    const tenant = tenantOf(fleet);
    const send = apiOf(fleet, before);
    const all = '{ items(shardKey: TENANT) { nodes { id note stock labels { nodes { id text } } } } }';
    const { errors, operationId } = await ask(
      send,
      tenant,
      'mutation { deleteItem(by: { id: "n" }, shardKey: TENANT) { name } }',
    );
    expect(errors).toEqual([]);
    await ask(
      send,
      tenant,
      'mutation { createItem(data: { tenant: TENANT, id: "by old", name: "o", price: 5 }) { id } }',
    );
    await ask(send, tenant, 'mutation { updateItem(by: { id: "old" }, shardKey: TENANT, data: { price: 6 }) { id } }');
    expect(await fleet.rows(SHARDS[1]!, 'SELECT count(*) FROM labels')).toEqual([[0]]);

    fleet.deploy(after);
    const next = apiOf(fleet, after);
    const kept = [
      { id: 'by old', note: null, stock: 7, labels: { nodes: [] } },
      { id: 'old', note: null, stock: 7, labels: { nodes: [] } },
    ];
    expect((await ask(next, tenant, all)).data.items.nodes).toEqual(kept);
    await confirmed(
      (query) => ask(next, tenant, query, '/operator'),
      `undo(operationId: "${operationId}")`,
      'restoredCount',
    );
    expect((await ask(next, tenant, all)).data.items.nodes).toEqual([
      kept[0],
      { id: 'n', note: 'noted', stock: 3, labels: { nodes: [{ id: 'l', text: 'labelled' }] } },
      kept[1],
    ]);
    const found = '{ items(search: "noted", shardKey: TENANT) { nodes { id } } }';
    expect((await ask(next, tenant, found)).data.items.nodes).toEqual([{ id: 'n' }]);
    for (const shard of SHARDS) {
      expect(await fleet.rows(shard, 'PRAGMA foreign_key_check')).toEqual([]);
    }
  });

  it('can be done and taken back again and again, in some of the shards', async () => {
    const fleet = await rolledBack();
    const tenant = tenantOf(fleet);
    const list = 'items { totalCount }';
    const search = 'found: items(search: "old") { totalCount }';
    const expectAll = async () => {
      const { data } = await ask(apiOf(fleet, before), tenant, `{ ${list} ${search} }`);
      expect(data).toEqual({ items: { totalCount: 3 }, found: { totalCount: 2 } });
      expect((await ask(apiOf(fleet, after), tenant, `{ ${list} }`)).data).toEqual({ items: { totalCount: 3 } });
    };
    for (const shards of [[SHARDS[0]!], SHARDS.slice(1), [SHARDS[2]!], SHARDS]) {
      fleet.deploy(after, shards);
      await expectAll();
      fleet.deploy(before, shards.slice(1));
      await expectAll();
    }
  });

  it('is told by migrate status', async () => {
    const fleet = await rolledBack();
    const report = await (await apiOf(fleet, before)('/migrations')).json<{ shards: object[] }>();
    expect(report.shards).toEqual(
      SHARDS.map((shard) => ({
        shard,
        state: 'UP_TO_DATE',
        last: '0001_labels',
        pending: [],
        skipped: [],
        problems: [],
      })),
    );
  });
});

describe('F41: a release that nobody knows yet', () => {
  type Methods = Record<string, (...args: readonly never[]) => Promise<unknown>>;

  /** Between router and shards: changes what is asked, and what is answered. */
  const between =
    (changeRequest: (request: object, method: string) => object, changeAnswer: (answer: object) => object) =>
    ({ SHARD, CATALOG }: Bindings): Bindings => {
      const get = (id: DurableObjectId): unknown => {
        const stub = SHARD.get(id) as unknown as Methods;
        const call = (method: string) => async (argument?: unknown) => {
          const isText = typeof argument === 'string';
          const request = isText ? JSON.parse(argument) : argument;
          const changed = typeof request === 'object' ? changeRequest(request, method) : request;
          const answer = await stub[method]!((isText ? JSON.stringify(changed) : changed) as never);
          // Rows that are text follow an answer on lines of their own.
          const [line, ...rows] = typeof answer === 'string' ? answer.split('\n') : [];
          const value = line === undefined ? answer : JSON.parse(line);
          const told = typeof value === 'object' && value !== null ? changeAnswer(value as object) : value;
          return line === undefined ? told : [JSON.stringify(told), ...rows].join('\n');
        };
        return new Proxy({}, { get: (_, method: string) => (method === 'then' ? undefined : call(method)) });
      };
      return { CATALOG, SHARD: { idFromName: SHARD.idFromName, get } as unknown as DurableObjectNamespace };
    };

  const same = <T>(value: T): T => value;
  const FUTURE = { future: { any: ['thing'] } };

  it('may add a member to any envelope and any answer: it is left out by those who do not know it', async () => {
    const expected = await transcriptOf(before, before);
    for (const change of [
      between((request) => ({ ...request, ...FUTURE }), same),
      between(same, (answer) => ({ ...answer, ...FUTURE })),
    ]) {
      const fleet = await Fleet.start(before);
      expect(await askEverything(apiOf(fleet, before, change), tenantOf(fleet))).toEqual(expected);
    }
  });

  it.each([
    ['a newer protocol', (request: object) => ({ ...request, protocol: NEWEST_PROTOCOL + 1 })],
    [
      'an unknown member of a call or an operation',
      (request: object) => {
        const { calls, operations, call } = request as Record<string, object[]>;
        return {
          ...request,
          ...(calls && { calls: calls.map((each) => ({ ...each, ...FUTURE })) }),
          ...(operations && { operations: operations.map((each) => ({ ...each, ...FUTURE })) }),
          ...(call && { call: { ...call, ...FUTURE } }),
        };
      },
    ],
    [
      'an unknown member of a plan, or an unknown kind of operation',
      (request: object) => {
        const { calls, operations } = request as Record<string, object[]>;
        const planOf = ({ plan }: { plan?: string }) => JSON.stringify({ ...JSON.parse(plan!), ...FUTURE });
        return {
          ...request,
          ...(calls && { calls: calls.map((each) => ({ ...each, plan: planOf(each) })) }),
          ...(operations && { operations: operations.map((each) => ({ ...each, kind: 'future' })) }),
        };
      },
    ],
  ])('is refused %s by a shard that does not know it, to be tried again, and nothing is written', async (_, change) => {
    const fleet = await Fleet.start(before);
    const tenant = tenantOf(fleet);
    await fleet.create(SHARDS[1]!, 'Item', 'old', { name: 'old', price: '1' });
    const send = apiOf(fleet, before, between(change, same));
    const queries = [
      '{ item(by: { id: "old" }, shardKey: TENANT) { name } }',
      '{ items { totalCount } }',
      'mutation { createItem(data: { tenant: TENANT, id: "x", name: "x", price: 1 }) { id } }',
      'mutation { createItems(data: [{ tenant: TENANT, id: "y", name: "y", price: 1 }]) { affectedCount } }',
      'mutation { deleteItem(by: { id: "old" }, shardKey: TENANT) { id } }',
    ];
    const told = await Promise.all(queries.map(async (query) => (await ask(send, tenant, query)).errors));
    for (const [at, errors] of told.entries()) {
      expect(errors, queries[at]).toEqual([expect.stringMatching(/^SHARD_UNAVAILABLE true /)]);
    }
    const { data } = await ask(apiOf(fleet, before), tenant, '{ items { nodes { id } } }');
    expect(data.items.nodes).toEqual([{ id: 'old' }]);
  });

  it('is told that a shard lacks a method in the same way', async () => {
    const fleet = await Fleet.start(before);
    fleet.before = ({ method }) => {
      if (method === 'write') throw new TypeError('The RPC receiver does not implement the method "write".');
    };
    const create = 'mutation { createItem(data: { tenant: TENANT, id: "x", name: "x", price: 1 }) { id } }';
    const { errors } = await ask(apiOf(fleet, before), tenantOf(fleet), create);
    expect(errors).toEqual([expect.stringMatching(/^SHARD_UNAVAILABLE /)]);
  });
});
