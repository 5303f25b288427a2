import { foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { errorSummary, postGraphQL } from '../support/graphql.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { confirmed } from '../support/operator/confirmed.ts';

const orders = sqliteTable(
  'orders',
  { tenant: text().notNull(), id: text().notNull(), note: text(), gone: text('gone_at') },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);
const items = sqliteTable(
  'items',
  { tenant: text().notNull(), id: text().notNull(), order: text('order_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    foreignKey({ columns: [t.tenant, t.order], foreignColumns: [orders.tenant, orders.id] }).onDelete('cascade'),
  ],
);
const model = defineModel({
  Order: { table: orders, shardKey: 'tenant', search: ['note'] },
  Item: { table: items, shardKey: 'tenant' },
});

const createWorkerOfTest = () => {
  const worker = createLabWorker(model, 3);
  const operator = (query: string, variables?: Record<string, unknown>) =>
    postGraphQL('/operator', query, variables, {}, (path, init) => worker.fetch(path, init));
  const ok = async (answer: ReturnType<typeof operator>) => {
    const { data, errors } = await answer;
    expect(errors).toEqual([]);
    return data;
  };
  return {
    ...worker,
    operator,
    asked: (query: string, variables?: Record<string, unknown>) => ok(operator(query, variables)),
    /** The restore that a call begins. */
    begun: async (call: string) => {
      const data = await ok(confirmed(operator, call, `restore { ${RESTORE} }`));
      return data[/^\w+/.exec(call)![0]].restore;
    },
    tried: (call: string) => confirmed(operator, call, 'restore { id }'),
    written: (mutation: string, headers = {}) => ok(worker.graphql(`mutation { ${mutation} }`, {}, headers)),
    content: async () =>
      await ok(
        worker.graphql(
          '{ orders(orderBy: [{ tenant: ASC }, { id: ASC }]) { nodes { tenant id note } } items(orderBy: [{ tenant: ASC }, { id: ASC }]) { nodes { tenant id order } } }',
        ),
      ),
  };
};

type Worker = ReturnType<typeof createWorkerOfTest>;

const TENANTS = ['a', 'b', 'c', 'd', 'e'];

/** Orders of each tenant, with an item. */
async function fill(worker: Worker): Promise<void> {
  for (const tenant of TENANTS) {
    await worker.written(
      `createOrders(data: [${[1, 2, 3].map((id) => `{ tenant: "${tenant}", id: "${id}", note: "first ${id}" }`)}]) { affectedCount }`,
    );
    await worker.written(`createItem(data: { tenant: "${tenant}", id: "i", order: "1" }) { id }`);
  }
}

/** A moment that is over for all clocks. */
async function moment(): Promise<string> {
  await wait(systemTimers, 3);
  const time = new Date().toISOString();
  await wait(systemTimers, 600);
  return time;
}

const RESTORE = 'id state shard all shardKeys totalChanges changesTakenBack shards { name state }';

/** Waits until it has ended. */
async function ended(worker: Worker, id: string) {
  for (;;) {
    const { continueRestore } = await worker.asked(
      `mutation ($id: ID!) { continueRestore(id: $id) { ${RESTORE} endedAt } }`,
      { id },
    );
    if (continueRestore.endedAt !== null) return continueRestore;
  }
}

describe('a restore', () => {
  it('of one tenant gives its rows back, after the preview said which, while others go on; undone, all is as before', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const before = await worker.content();
    const time = await moment();
    await worker.written('deleteOrders(where: { tenant: { eq: "a" } }, atMost: 10) { affectedCount }');
    await worker.written('createOrder(data: { tenant: "a", id: "9", note: "wrong" }) { id }');
    await worker.written('updateOrder(by: { id: "1" }, shardKey: "b", data: { note: "kept" }) { id }');
    const wrong = await worker.content();

    const args = `shardKeys: ["a"], time: "${time}"`;
    const previewed = await worker.asked(
      `mutation { restore(${args}, preview: true) { restore { id } preview { totalChanges restoredCount updatedCount deletedCount tables { table restoredCount updatedCount deletedCount } rows { totalCount nodes { table key before after } } } } }`,
    );
    expect(previewed.restore.restore).toBeNull();
    const { preview } = previewed.restore;
    expect(preview).toMatchObject({ totalChanges: 5, restoredCount: 4, updatedCount: 0, deletedCount: 1 });
    expect(preview.tables).toEqual([
      { table: 'Order', restoredCount: 3, updatedCount: 0, deletedCount: 1 },
      { table: 'Item', restoredCount: 1, updatedCount: 0, deletedCount: 0 },
    ]);
    expect(preview.rows.nodes).toContainEqual({
      table: 'Order',
      key: { tenant: 'a', id: '9' },
      before: { tenant: 'a', id: '9', note: 'wrong', gone: null },
      after: null,
    });
    expect(await worker.content()).toEqual(wrong);

    const restore = await worker.begun(`restore(${args})`);
    expect(restore).toMatchObject({ state: 'DONE', totalChanges: 5, changesTakenBack: 5 });
    const after = await worker.content();
    const of = (content: typeof after, tenant: string) =>
      JSON.stringify(content).match(new RegExp(`\\{"tenant":"${tenant}"[^}]*\\}`, 'g'));
    expect(of(after, 'a')).toEqual(of(before, 'a'));
    expect(of(after, 'b')).toEqual(of(wrong, 'b'));
    // Its index follows.
    const { data } = await worker.graphql('{ orders(search: "first", where: { tenant: { eq: "a" } }) { totalCount } }');
    expect(data.orders.totalCount).toBe(3);

    const undoRestore = await worker.begun(`undoRestore(id: "${restore.id}")`);
    expect(undoRestore.state).toBe('DONE');
    expect(await worker.content()).toEqual(wrong);
    const { restores } = await worker.asked('{ restores { id state undoes undoneBy shardKeys type shard all } }');
    const scope = { shardKeys: ['a'], type: 'Order', shard: null, all: false };
    expect(restores).toEqual([
      { id: undoRestore.id, state: 'DONE', undoes: restore.id, undoneBy: null, ...scope },
      { id: restore.id, state: 'UNDONE', undoes: null, undoneBy: undoRestore.id, ...scope },
    ]);
  });

  it('of a shard, and of all of them, takes them to one instant', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    const before = await worker.content();
    for (const tenant of TENANTS) {
      await worker.written(`updateOrder(by: { id: "2" }, shardKey: "${tenant}", data: { note: "changed" }) { id }`);
    }
    const changed = await worker.content();
    const shard = worker.shardNames.find((_, at) =>
      TENANTS.some((tenant) => worker.shardOf(`t:${tenant}` as never) === at),
    )!;
    const one = await worker.begun(`restore(shard: "${shard}", time: "${time}")`);
    expect(one).toMatchObject({ state: 'DONE', shard, all: false, shards: [{ name: shard }] });
    expect(await worker.content()).not.toEqual(changed);
    const all = await worker.begun(`restore(all: true, time: "${time}")`);
    expect(all.shards).toHaveLength(3);
    expect(all).toMatchObject({ shard: null, all: true, shardKeys: null });
    expect(await worker.content()).toEqual(before);
  });

  it('that is long is behind a fence: reads, writes and scatters are refused, other tenants go on; it can be cancelled', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    // More than the steps of one request take back, in commits that none of them can share.
    for (let commit = 0; commit < 90; commit++) {
      const rows = Array.from({ length: 100 }, (_, at) => `{ tenant: "a", id: "x${commit}-${at}", note: "n" }`);
      await worker.written(`createOrders(data: [${rows}]) { affectedCount }`);
    }
    const full = await worker.content();
    const restore = await worker.begun(`restore(shardKeys: ["a"], time: "${time}")`);
    expect(restore.state).toBe('RUNNING');
    expect(restore.changesTakenBack).toBeGreaterThan(0);
    const refused = await Promise.all([
      worker.graphql('{ order(by: { id: "1" }, shardKey: "a") { note } }'),
      worker.graphql('{ orders { totalCount } }'),
      worker.graphql('{ orders { aggregate { count } } }'),
      worker.graphql('mutation { createOrder(data: { tenant: "a", id: "z" }) { id } }'),
      worker.graphql('mutation { deleteOrder(by: { id: "1" }, shardKey: "a", dryRun: true) { id } }'),
    ]);
    for (const answer of refused) {
      expect(errorSummary(answer)[0]).toMatch(/SHARD_UNAVAILABLE$/);
      expect(answer.errors[0]?.extensions).toMatchObject({ retryable: true, retryAfterMs: 500 });
    }
    await worker.written('updateOrder(by: { id: "1" }, shardKey: "b", data: { note: "meanwhile" }) { id }');
    const second = await worker.tried(`restore(shardKeys: ["a", "c"], time: "${time}")`);
    expect(errorSummary(second)).toEqual(['restore CONFLICT']);
    // As of the present, and of a moment at which it ran, nobody sees what is half done.
    await worker.asked(`mutation ($id: ID!) { cancelRestore(id: $id) { state } }`, restore);
    expect((await ended(worker, restore.id)).state).toBe('CANCELLED');
    const cancelled = await worker.content();
    expect(JSON.stringify(cancelled).replace('meanwhile', 'first 1')).toEqual(JSON.stringify(full));
    const again = await worker.operator(`mutation ($id: ID!) { cancelRestore(id: $id) { state } }`, restore);
    expect(errorSummary(again)).toEqual(['cancelRestore CONFLICT']);
  }, 60_000);

  it('over several shards that is cancelled leaves all as it was, also where it was done', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    for (let commit = 0; commit < 90; commit++) {
      const rows = Array.from({ length: 100 }, (_, at) => `{ tenant: "a", id: "x${commit}-${at}", note: "n" }`);
      await worker.written(`createOrders(data: [${rows}]) { affectedCount }`);
    }
    for (const tenant of TENANTS) await worker.written(`deleteOrder(by: { id: "2" }, shardKey: "${tenant}") { id }`);
    const before = await worker.content();
    const restore = await worker.begun(`restore(all: true, time: "${time}")`);
    const states = restore.shards.map(({ state }: { state: string }) => state);
    expect(new Set(states)).toEqual(new Set(['RUNNING', 'DONE']));
    await worker.asked('mutation ($id: ID!) { cancelRestore(id: $id) { state } }', restore);
    const { state, shards } = await ended(worker, restore.id);
    expect(state).toBe('CANCELLED');
    expect(new Set(shards.map((shard: { state: string }) => shard.state))).toEqual(new Set(['CANCELLED', 'UNDONE']));
    expect(await worker.content()).toEqual(before);
  }, 60_000);

  it.each(['shardKeys: ["a"]', 'shard: ', 'all: true'])(
    'is shown at once, in all modes, by the isolate that asked for it: %s',
    async (scope) => {
      const worker = createWorkerOfTest();
      const shard = worker.shardNames[worker.shardOf('t:a' as ShardKey)];
      const args = scope === 'shard: ' ? `shard: "${shard}"` : scope;
      await fill(worker);
      const time = await moment();
      const written = await worker.graphql(
        'mutation { updateOrder(by: { id: "1" }, shardKey: "a", data: { note: "wrong" }) { id } }',
      );
      const token = { 'x-shardql-token': written.headers.get('x-shardql-token')! };
      const modes = ['STRONG', 'BOUNDED, maxStalenessMs: 60000', 'SESSION', 'CACHED'];
      const read = async (mode: string) =>
        (
          await worker.graphql(
            `query @consistency(mode: ${mode}) { order(by: { id: "1" }, shardKey: "a") { note } }`,
            {},
            token,
          )
        ).data.order.note;
      for (const mode of modes) expect(await read(mode), mode).toBe('wrong');
      await worker.begun(`restore(${args}, time: "${time}")`);
      for (const mode of modes) expect(await read(mode), mode).toBe('first 1');
    },
  );

  it('over several shards is previewed page by page, each row once', async () => {
    const worker = createWorkerOfTest();
    await worker.content();
    const time = await moment();
    const note = 'x'.repeat(5_000);
    for (const tenant of TENANTS) {
      const rows = Array.from(
        { length: 60 },
        (_, at) => `{ tenant: "${tenant}", id: "${note.slice(0, 1_500)}${at}", note: "${note}" }`,
      );
      await worker.written(`createOrders(data: [${rows}]) { affectedCount }`);
    }
    type Rows = { totalCount: number; hasNextPage: boolean; endCursor: string; nodes: { key: object }[] };
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const data: { restore: { preview: { rows: Rows } } } = await worker.asked(
        `mutation ($after: String) { restore(all: true, time: "${time}", preview: true, after: $after) { preview { rows { totalCount hasNextPage endCursor nodes { key } } } } }`,
        { after },
      );
      const { rows } = data.restore.preview;
      expect(rows.totalCount).toBe(300);
      seen.push(...rows.nodes.map(({ key }) => JSON.stringify(key)));
      after = rows.hasNextPage ? rows.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(300);
  });

  it('does what was previewed: changes that come between are in the way, unless they may go too', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    const note = (id: string, text: string) =>
      worker.written(`updateOrder(by: { id: "${id}" }, shardKey: "a", data: { note: "${text}" }) { id }`);
    await note('1', 'wrong');
    const args = (more: string) => `shardKeys: ["a"], time: "${time}", ${more}`;
    const tokenOf = async (more: string): Promise<string> => {
      const call = `mutation { restore(${args(more)}, preview: true) { confirmation { token } } }`;
      return (await worker.asked(call)).restore.confirmation.token;
    };
    const confirm = (token: string, more: string) =>
      worker.operator(`mutation { restore(${args(more)}, confirmation: "${token}") { restore { state } } }`);
    const [strict, lenient] = [await tokenOf('withLaterChanges: false'), await tokenOf('withLaterChanges: true')];
    // Of another tenant, perhaps on the same shard.
    await worker.written('updateOrder(by: { id: "1" }, shardKey: "b", data: { note: "kept" }) { id }');
    await note('2', 'later');
    const refused = await confirm(strict, 'withLaterChanges: false');
    expect(errorSummary(refused)).toEqual(['restore CONFIRMATION_REFUSED']);
    expect(refused.errors[0]?.extensions?.problem).toBe('STALE');
    expect((await worker.asked('{ restores { id } }')).restores).toEqual([]);
    const mixed = await confirm(strict, 'withLaterChanges: true');
    expect(mixed.errors[0]?.extensions?.problem).toBe('OTHER');
    expect((await confirm(lenient, 'withLaterChanges: true')).data.restore.restore.state).toBe('DONE');
    const { data } = await worker.graphql(
      '{ orders(where: { tenant: { in: ["a", "b"] }, id: { in: ["1", "2"] } }, orderBy: [{ tenant: ASC }, { id: ASC }]) { nodes { note } } }',
    );
    expect(data.orders.nodes.map((node: { note: string }) => node.note)).toEqual([
      ...['first 1', 'first 2'],
      ...['kept', 'first 2'],
    ]);
  });

  it.each([true, false])(
    'is begun once, however often its confirmation is sent; with later changes: %s',
    async (lenient) => {
      const worker = createWorkerOfTest();
      await fill(worker);
      const time = await moment();
      const note = (id: string, text: string) =>
        worker.written(`updateOrder(by: { id: "${id}" }, shardKey: "a", data: { note: "${text}" }) { id }`);
      await note('1', 'wrong');
      const args = `shardKeys: ["a"], time: "${time}", withLaterChanges: ${lenient}`;
      const previewed = await worker.asked(`mutation { restore(${args}, preview: true) { confirmation { token } } }`);
      const { token } = previewed.restore.confirmation;
      const confirm = () =>
        worker.asked(`mutation { restore(${args}, confirmation: "${token}") { restore { id state } } }`);
      // At once, too.
      const [one, other] = await Promise.all([confirm(), confirm()]);
      expect(other).toEqual(one);
      expect(one.restore.restore.state).toBe('DONE');
      // As many changes as there were.
      await note('2', 'right');
      expect(await confirm()).toEqual(one);
      expect((await worker.graphql('{ order(by: { id: "2" }, shardKey: "a") { note } }')).data.order.note).toBe(
        'right',
      );
      expect((await worker.asked('{ restores { id } }')).restores).toHaveLength(1);
      const call = `undoRestore(id: "${one.restore.restore.id}")`;
      expect(errorSummary(await worker.tried(call))).toEqual(['undoRestore CONFLICT']);
    },
  );

  it('is refused to a confirmation from before another restore, though there are as many changes', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    const note = (text: string) =>
      worker.written(`updateOrder(by: { id: "1" }, shardKey: "a", data: { note: "${text}" }) { id }`);
    await note('wrong');
    const args = `shardKeys: ["a"], time: "${time}"`;
    const previewed = await worker.asked(`mutation { restore(${args}, preview: true) { confirmation { token } } }`);
    await worker.begun(`restore(${args})`);
    await note('right');
    const { errors } = await worker.operator(
      `mutation { restore(${args}, confirmation: "${previewed.restore.confirmation.token}") { restore { id } } }`,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'CONFIRMATION_REFUSED', problem: 'STALE' });
    expect((await worker.graphql('{ order(by: { id: "1" }, shardKey: "a") { note } }')).data.order.note).toBe('right');
  });

  it('is not undone over what was written since', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    await worker.written('deleteOrder(by: { id: "1" }, shardKey: "a") { id }');
    const restore = await worker.begun(`restore(shardKeys: ["a"], time: "${time}")`);
    await worker.written('updateOrder(by: { id: "1" }, shardKey: "a", data: { note: "new" }) { id }');
    const undone = await worker.tried(`undoRestore(id: "${restore.id}")`);
    expect(errorSummary(undone)).toEqual(['undoRestore CONFLICT']);
    expect((await worker.graphql('{ order(by: { id: "1" }, shardKey: "a") { note } }')).data.order.note).toBe('new');
  });

  it('takes what idempotency keys have done along: they are not executed again, until it is undone', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const time = await moment();
    const keyed =
      'mutation { createOrder(data: { tenant: "a", id: "k", note: "once" }) @idempotent(key: "k1") { id } }';
    expect((await worker.graphql(keyed)).errors).toEqual([]);
    const restore = await worker.begun(`restore(shardKeys: ["a"], time: "${time}")`);
    const again = await worker.graphql(keyed);
    expect(errorSummary(again)).toEqual(['createOrder CONFLICT']);
    expect((await worker.graphql('{ order(by: { id: "k" }, shardKey: "a") { id } }')).data.order).toBeNull();
    await worker.begun(`undoRestore(id: "${restore.id}")`);
    expect((await worker.graphql(keyed)).errors).toEqual([]);
  });

  it('to any moment among restores and undos of a keyed write answers its key as it was then', async () => {
    const worker = createWorkerOfTest();
    await fill(worker);
    const before = await moment();
    const keyed =
      'mutation { createOrder(data: { tenant: "a", id: "k", note: "once" }) @idempotent(key: "k1") { id } }';
    expect((await worker.graphql(keyed)).errors).toEqual([]);
    const written = await moment();
    const restoreTo = (time: string) => worker.begun(`restore(shardKeys: ["a"], time: "${time}")`);
    const expectKey = async (holds: boolean) => {
      const { data } = await worker.graphql('{ order(by: { id: "k" }, shardKey: "a") { id } }');
      expect(data.order === null).toBe(!holds);
      expect(errorSummary(await worker.graphql(keyed))).toEqual(holds ? [] : ['createOrder CONFLICT']);
    };
    const first = await restoreTo(before);
    await expectKey(false);
    const gone = await moment();
    await worker.begun(`undoRestore(id: "${first.id}")`);
    await expectKey(true);
    await moment();
    await restoreTo(gone);
    await expectKey(false);
    await restoreTo(written);
    await expectKey(true);
    const last = await restoreTo(before);
    await expectKey(false);
    await worker.begun(`undoRestore(id: "${last.id}")`);
    await expectKey(true);
  }, 30_000);

  it.each([
    ['a time to come', 'shardKeys: ["a"], time: "2090-01-01"', 'BAD_USER_INPUT', /at least 500 ms ago/],
    ['no time', 'shardKeys: ["a"]', 'BAD_USER_INPUT', /time or version, but got neither/],
    ['a time that is none', 'shardKeys: ["a"], time: "yesterday"', 'BAD_USER_INPUT', /ISO 8601/],
    ['no scope', 'time: "2026-01-01"', 'BAD_USER_INPUT', /one of shardKeys, shard and all: true, but got none/],
    ['two scopes', 'all: true, shard: "x", time: "2026-01-01"', 'BAD_USER_INPUT', /but got several/],
    ['an unknown shard', 'shard: "x", time: "2026-01-01"', 'NOT_FOUND', /Expected shard to be one of /],
    ['no shard keys', 'shardKeys: [], time: "2026-01-01"', 'BAD_USER_INPUT', /1 to 100 shardKeys, but got 0/],
    [
      'an unknown type',
      'shardKeys: ["a"], type: "X", time: "2026-01-01"',
      'BAD_USER_INPUT',
      /Expected type to be one of Order, Item, but got /,
    ],
  ])('is refused for %s, and nothing is fenced', async (_, args, code, message) => {
    const worker = createWorkerOfTest();
    const answer = await worker.tried(`restore(${args})`);
    expect(errorSummary(answer)).toEqual([`restore ${code}`]);
    expect(answer.errors[0]?.message).toMatch(message);
    expect((await worker.asked('{ restores { id } }')).restores).toEqual([]);
  });

  it.each([
    'undoRestore(id: $id, preview: true) { preview { id } }',
    'cancelRestore(id: $id) { id }',
    'continueRestore(id: $id) { id }',
  ])('%s refuses unknown ids', async (call) => {
    const worker = createWorkerOfTest();
    const id = '00000000-0000-4000-8000-000000000000';
    const answer = await worker.operator(`mutation ($id: ID!) { field: ${call} }`, { id });
    expect(errorSummary(answer)).toEqual(['field NOT_FOUND']);
  });
});
