import { sql } from 'drizzle-orm';
import { check, foreignKey, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { postGraphQL } from '../support/graphql.ts';
import { createLabWorker, type LabOptions } from '../support/lab-worker.ts';
import { confirmed } from '../support/operator/confirmed.ts';

const tenants = sqliteTable('tenants', { id: text().primaryKey(), name: text().notNull() });
const people = sqliteTable(
  'people',
  {
    tenant: text()
      .notNull()
      .references(() => tenants.id),
    id: text().notNull(),
    email: text(),
    /** Rows may refer to each other in circles. */
    boss: text('boss_id'),
    gone: text('gone_at'),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
    check('people_tenant', sql`${t.tenant} <> 'not allowed'`),
    foreignKey({ columns: [t.tenant, t.boss], foreignColumns: [t.tenant, t.id] }),
  ],
);
const model = defineModel({
  Tenant: { table: tenants, shardKey: 'id' },
  Person: { table: people, shardKey: 'tenant', search: ['email'] },
});

const RESTORE =
  'id state copyOf as totalChanges changesTakenBack endedAt problem { code message } shards { name state }';

function createWorkerOfTest(options?: LabOptions) {
  const worker = createLabWorker(model, 3, undefined, options);
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
    written: (mutation: string) => ok(worker.graphql(`mutation { ${mutation} }`)),
    content: (key: string) =>
      ok(
        worker.graphql(
          `{ tenant(by: { id: "${key}" }) { id name } people(shardKey: "${key}", orderBy: [{ id: ASC }]) { nodes { tenant id email boss gone } } }`,
        ),
      ),
  };
}

type Worker = ReturnType<typeof createWorkerOfTest>;

async function fill(worker: Worker, key: string): Promise<void> {
  await worker.written(`createTenant(data: { id: "${key}", name: "first" }) { id }`);
  // Each refers to the next one, and the last to the first.
  const ids = ['1', '2', '3', '4'];
  const data = ids.map((id) => `{ tenant: "${key}", id: "${id}", email: "mail ${id}" }`);
  await worker.written(`createPeople(data: [${data}]) { affectedCount }`);
  for (const [at, id] of ids.entries()) {
    await worker.written(
      `updatePerson(by: { id: "${id}" }, shardKey: "${key}", data: { boss: "${ids[(at + 1) % 4]}" }) { id }`,
    );
  }
}

/** A moment that is over for all clocks. */
async function moment(): Promise<string> {
  await wait(systemTimers, 3);
  const time = new Date().toISOString();
  await wait(systemTimers, 600);
  return time;
}

async function ended(worker: Worker, id: string) {
  for (;;) {
    const { continueRestore } = await worker.asked(`mutation ($id: ID!) { continueRestore(id: $id) { ${RESTORE} } }`, {
      id,
    });
    if (continueRestore.endedAt !== null) return continueRestore;
  }
}

async function copied(worker: Worker, key: string, as: string, time: string) {
  const { data, errors } = await confirmed(
    worker.operator,
    `restoreAs(shardKey: "${key}", as: "${as}", time: "${time}")`,
    `restore { ${RESTORE} }`,
  );
  expect(errors).toEqual([]);
  return await ended(worker, data.restoreAs.restore.id);
}

const renamed = (content: unknown, from: string, to: string) =>
  JSON.parse(
    JSON.stringify(content)
      .replaceAll(`"tenant":"${from}"`, `"tenant":"${to}"`)
      .replaceAll(`{"id":"${from}"`, `{"id":"${to}"`),
  );

describe('a restore under another shard key', () => {
  it('writes the rows of then beside those of now, on whatever shard; undone, they are gone', async () => {
    const worker = createWorkerOfTest();
    await fill(worker, 'a');
    const then = await worker.content('a');
    const time = await moment();
    await worker.written('updateTenant(by: { id: "a" }, data: { name: "second" }) { id }');
    await worker.written('updatePerson(by: { id: "1" }, shardKey: "a", data: { boss: null }) { id }');
    await worker.written('updatePerson(by: { id: "4" }, shardKey: "a", data: { boss: null }) { id }');
    await worker.written('deletePerson(by: { id: "1" }, shardKey: "a") { id }');
    await worker.written('createPerson(data: { tenant: "a", id: "5", email: "late" }) { id }');
    const now = await worker.content('a');
    for (const as of ['b', 'c', 'd', 'e', 'f']) {
      const { restoreAs } = await worker.asked(
        `mutation { restoreAs(shardKey: "a", as: "${as}", time: "${time}", preview: true) { preview { totalChanges tables { type rowCount } } } }`,
      );
      expect(restoreAs.preview.tables).toEqual([
        { type: 'Tenant', rowCount: 1 },
        { type: 'Person', rowCount: 4 },
      ]);
      const restore = await copied(worker, 'a', as, time);
      expect(restore).toMatchObject({
        state: 'DONE',
        copyOf: 'a',
        as,
        totalChanges: 5,
        changesTakenBack: 5,
        problem: null,
      });
      expect(await worker.content(as)).toEqual(renamed(then, 'a', as));
      expect(await worker.content('a')).toEqual(now);
    }
    const { restores } = await worker.asked(`{ restores { id as } }`);
    for (const { id } of restores) {
      const { data } = await confirmed(worker.operator, `undoRestore(id: "${id}")`, 'restore { id }');
      expect((await ended(worker, data.undoRestore.restore.id)).state).toBe('DONE');
    }
    expect(await worker.content('b')).toEqual({ tenant: null, people: { nodes: [] } });
    expect(await worker.content('a')).toEqual(now);
  });

  it('is refused before anything is written: no rows then, rows there already, the same shard key, a moment to come', async () => {
    const worker = createWorkerOfTest();
    await fill(worker, 'a');
    await worker.written('createTenant(data: { id: "taken", name: "T" }) { id }');
    const time = await moment();
    await worker.written('createTenant(data: { id: "late", name: "T" }) { id }');
    const refusal = async (args: string) => {
      const shown = await worker.operator(
        `mutation { restoreAs(${args}, preview: true) { preview { totalChanges } } }`,
      );
      const [error] = shown.errors;
      return `${error!.extensions?.code}: ${error!.message}`;
    };
    expect(await refusal(`shardKey: "late", as: "b", time: "${time}"`)).toMatch(/^NOT_FOUND: .*with rows at that time/);
    expect(await refusal('shardKey: "a", as: "b", time: "2024-01-31T09:00:00Z"')).toMatch(
      /^BAD_USER_INPUT: Expected a time from 2\S+Z on, when this installation began/,
    );
    for (const as of ['', '\\u0000', 'b\\u0000c']) {
      expect(await refusal(`shardKey: "a", as: "${as}", time: "${time}"`)).toMatch(/^BAD_USER_INPUT: Expected as /);
    }
    expect(await refusal(`shardKey: "none", as: "b", time: "${time}"`)).toMatch(/^NOT_FOUND/);
    expect(await refusal(`shardKey: "a", as: "taken", time: "${time}"`)).toMatch(/^CONFLICT: .* with rows of Tenant/);
    expect(await refusal(`shardKey: "a", as: "a", time: "${time}"`)).toMatch(/^BAD_USER_INPUT: .*another shard key/);
    expect(await refusal('shardKey: "a", as: "b", time: "2090-01-01T00:00:00Z"')).toMatch(/^BAD_USER_INPUT/);
    expect(await refusal('shardKey: "a", as: "b"')).toMatch(/^BAD_USER_INPUT: Expected time or version/);
    expect((await worker.asked('{ restores { id } }')).restores).toEqual([]);
  });

  it('that constraints refuse on the way turns round, leaves nothing, and says why', async () => {
    const worker = createWorkerOfTest();
    await fill(worker, 'a');
    const time = await moment();
    const restore = await copied(worker, 'a', 'not allowed', time);
    expect(restore).toMatchObject({ state: 'CANCELLED', problem: { code: 'CHECK_VIOLATION' } });
    expect(await worker.content('not allowed')).toEqual({ tenant: null, people: { nodes: [] } });
    const counts = await worker.inShards(({ storage }) => [...storage.sql.exec('SELECT * FROM _copied_rows')].length);
    expect(counts).toEqual([0, 0, 0]);
    expect((await copied(worker, 'a', 'allowed', time)).state).toBe('DONE');
  });
});
