import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRouterState, createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import type { ObjectNamespace } from '../../../src/shards/client/routing/router-env.ts';
import type { RowOperation } from '../../../src/shards/operation.ts';
import type { PageAnswer } from '../../../src/shards/plan/answer.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { CatalogRpc } from '../../../src/shards/protocol/catalog-rpc.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import type { ShardRpc } from '../../../src/shards/protocol/shard-rpc.ts';
import { slotOf } from '../../../src/shards/slots.ts';
import model from '../../models/all-types/model.ts';
import { ownerKey, platformError } from './fake-cluster.ts';
import { compareBytes } from './fake-shard.ts';
import { ascending, itemPage } from './plans.ts';

const SHARDS = 4;
const catalog = env.ALLTYPES_CATALOG.getByName('catalog') as unknown as CatalogRpc;
const state = createRouterState();

/** A client for a new request, with the isolate's state unless given another. */
const newClient = (SHARD: ObjectNamespace = env.ALLTYPES_SHARD, routerState = state) =>
  createShardClient({
    model,
    env: { SHARD, CATALOG: env.ALLTYPES_CATALOG },
    state: routerState,
    settings: { shardCount: SHARDS, retryPauseMs: 2 },
    caller: DEVELOPER,
    waitUntil: () => {},
  });

const names = ['Zoë', 'zoe', 'Ａ', '😀', '\uffff', '', 'a\0b', '𐀀', 'ä'];
const accounts = Array.from({ length: 120 }, (_, n) => ({
  id: `account-${n}`,
  name: `${names[n % names.length]}${n % 7}`,
}));
const page = itemPage([], { totalCount: true });
const accountPage: PlanNode = {
  ...page,
  table: 'Account',
  columns: ['name', 'id'],
  page: { ...page.page!, orderBy: [ascending('name'), ascending('id')] },
};
const allAccounts = { plan: compilePlan(accountPage), values: [1_000], keys: [[]], shardKeys: null };
const accountById: PlanNode = { ...page, table: 'Account', match: ['id'], columns: ['id', 'name'], page: null };
const byId = (...ids: string[]) => ({
  plan: compilePlan(accountById),
  values: [],
  keys: ids.map((id) => [id]),
  shardKeys: ids.map(ownerKey),
});
const creation = (id: string): RowOperation[] => [
  { kind: 'create', table: 'Account', values: { id, name: id }, select: null },
];
const totalOf = (answers: readonly unknown[]) => (answers[0] as PageAnswer).total;

beforeAll(async () => {
  const rows = accounts.map(({ id, name }) => ({ shardKey: ownerKey(id), cells: [id, name] }));
  const result = await newClient().importRows('Account', ['id', 'name'], rows);
  expect(result).toMatchObject({ inserted: accounts.length, failures: [] });
});

describe('the router over real shards', () => {
  it('gives one globally ordered list', async () => {
    const [answer] = await newClient().read(allAccounts);
    const encoder = new TextEncoder();
    const expected = accounts
      .map(({ id, name }) => [name, id] as const)
      .sort(
        (a, b) =>
          compareBytes(encoder.encode(a[0]), encoder.encode(b[0])) ||
          compareBytes(encoder.encode(a[1]), encoder.encode(b[1])),
      );
    expect((answer as PageAnswer).rows).toEqual(expected);
    expect(totalOf([answer])).toBe(accounts.length);
  });

  it('answers 50 lookups, half of them missing, with one RPC per shard', async () => {
    const client = newClient();
    const ids = Array.from({ length: 50 }, (_, n) => (n % 2 ? `account-${n}` : `missing-${n}`));
    const answers = await Promise.all(ids.map((id) => client.read(byId(id))));
    expect(answers.map(([row]) => (row === null ? null : (row as string[])[0]))).toEqual(
      ids.map((id) => (id.startsWith('missing') ? null : id)),
    );
    expect(client.trace.rpcs).toBe(SHARDS);
    expect(client.trace.shards.size).toBe(SHARDS);
    expect(client.trace.rowsRead).toBeGreaterThan(0);
  });

  it('W3: applies a write once although its acknowledgement was lost', async () => {
    let calls = 0;
    const lossy: ObjectNamespace = {
      idFromName: (name) => env.ALLTYPES_SHARD.idFromName(name),
      get: (id) => {
        const stub = env.ALLTYPES_SHARD.get(id) as unknown as ShardRpc;
        return {
          write: async (request: Parameters<ShardRpc['write']>[0]) => {
            const answer = await stub.write(request);
            if (calls++ === 0) throw platformError('Network connection lost.', { retryable: true });
            return answer;
          },
        };
      },
    };
    // Applied twice, it would violate the primary key.
    const { version } = await newClient(lossy).write(ownerKey('lossy'), creation('lossy'));
    expect(version).toBeGreaterThan(0);
    expect(calls).toBe(2);
    await expect(newClient().write(ownerKey('lossy'), creation('lossy'))).rejects.toMatchObject({
      code: 'UNIQUE_VIOLATION',
    });
  });

  it('creates rows on all shards, once, of which one shard refuses its own', async () => {
    let calls = 0;
    const lossy: ObjectNamespace = {
      idFromName: (name) => env.ALLTYPES_SHARD.idFromName(name),
      get: (id) => {
        const stub = env.ALLTYPES_SHARD.get(id) as unknown as ShardRpc;
        return {
          write: async (request: Parameters<ShardRpc['write']>[0]) => {
            const answer = await stub.write(request);
            if (calls++ < 2) throw platformError('Network connection lost.', { retryable: true });
            return answer;
          },
        };
      },
    };
    const given = Array.from({ length: 40 }, (_, n) => {
      const id = n === 17 ? 'account-3' : `created-${n}`;
      return { shardKey: ownerKey(id), values: { id, name: `${n}` } };
    });
    const select = { plan: compilePlan(accountById).text, values: [] };
    const created = { table: 'Account', rows: given, onConflict: null, select };
    const { outcomes, rows, shards } = await newClient(lossy).writeRows(created);
    const failed = shards.filter(({ failure }) => failure !== null);
    expect(failed).toMatchObject([{ failure: { error: { code: 'UNIQUE_VIOLATION' }, row: 17 } }]);
    const left = new Set(failed[0]!.rows);
    expect(outcomes).toEqual(given.map((_, n) => (left.has(n) ? null : 'INSERTED')));
    expect(rows).toEqual(given.map(({ values }, n) => (left.has(n) ? null : [values.id, values.name])));
    const ids = given.map(({ values }) => values.id).filter((id) => id !== 'account-3');
    const stored = await newClient().read(byId(...ids));
    expect(stored.map((row) => row !== null)).toEqual(given.flatMap((_, n) => (n === 17 ? [] : [!left.has(n)])));
  });

  it('F37: goes on with a new stub after the shard was reset', async () => {
    const client = newClient();
    const expected = [['account-1', expect.any(String)]];
    expect(await client.read(byId('account-1'))).toEqual(expected);
    const shard = env.ALLTYPES_SHARD.getByName(state.routing!.ownerOf(ownerKey('account-1')));
    await expect(runInDurableObject(shard, (_, object) => object.abort('reset by a test'))).rejects.toThrow('reset');
    expect(await client.read(byId('account-1'))).toEqual(expected);
    expect(client.trace.rpcs).toBe(3);
  });

  it('follows slots that were assigned to another shard, with a map that is old', async () => {
    const before = totalOf(await newClient().read(allAccounts))!;
    const id = 'moved-before-its-first-row';
    const slot = slotOf(ownerKey(id));
    expect(accounts.some((account) => slotOf(ownerKey(account.id)) === slot)).toBe(false);
    const epoch = state.routing!.epoch;
    const map = await catalog.assign([slot, slot], 'shard-of-one-slot');
    expect(map.epoch).toBe(epoch + 1);

    const old = createRouterState();
    old.adopt(state.routing!.map);
    const client = newClient(env.ALLTYPES_SHARD, old);
    await client.write(ownerKey(id), creation(id));
    expect([...client.trace.shards]).toContain('shard-of-one-slot');
    expect(old.routing!.epoch).toBe(map.epoch);
    expect(totalOf(await newClient().read(allAccounts))).toBe(before + 1);
    expect(await newClient().read(byId(id))).toEqual([[id, id]]);
    const reports = await newClient().status(true);
    expect(reports.find(({ shard }) => shard === 'shard-of-one-slot')?.status).toMatchObject({
      rowsByTable: { Account: 1 },
    });
  });

  it('F43b: scatters are complete while slots change hands all the time', { timeout: 60_000 }, async () => {
    const total = totalOf(await newClient().read(allAccounts))!;
    const used = new Set(accounts.map(({ id }) => slotOf(ownerKey(id))));
    const free = Array.from({ length: 16_384 }, (_, slot) => slot)
      .filter((slot) => !used.has(slot))
      .slice(200, 230);
    let isMoving = true;
    const moves = (async () => {
      for (const [n, slot] of free.entries()) await catalog.assign([slot, slot], `shard-${n % SHARDS}`);
      isMoving = false;
    })();
    let scatters = 0;
    while (isMoving) {
      expect(totalOf(await newClient().read(allAccounts))).toBe(total);
      scatters++;
    }
    await moves;
    expect(scatters).toBeGreaterThan(3);
  });
});
