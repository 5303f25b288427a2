import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { errorSummary } from '../support/graphql.ts';
import { createLabWorker } from '../support/lab-worker.ts';

const notes = sqliteTable(
  'notes',
  { tenant: text().notNull(), id: text().notNull(), body: text(), owner: text() },
  (t) => [primaryKey({ columns: [t.tenant, t.id] })],
);
const secrets = sqliteTable('secrets', { tenant: text().notNull(), id: text().notNull() }, (t) => [
  primaryKey({ columns: [t.tenant, t.id] }),
]);

const model = defineModel({
  Note: {
    table: notes,
    shardKey: 'tenant',
    search: ['body'],
    cache: { mode: 'CACHED' },
    access: { reader: { read: { owner: { eq: 'reader' } }, asOf: true }, guest: { read: true } },
  },
  Secret: { table: secrets, shardKey: 'tenant', access: { reader: { read: true } } },
});

const worker = createLabWorker(model, 3);
const as = (role: string) => ({ 'x-shardql-as': role });
const write = async (mutation: string) => {
  const answer = await worker.graphql(`mutation { ${mutation} }`);
  expect(answer.errors).toEqual([]);
  return answer.data;
};
/** A moment between what was written before and after. */
const moment = async (): Promise<string> => {
  await wait(systemTimers, 3);
  const time = new Date().toISOString();
  await wait(systemTimers, 3);
  return time;
};

describe('@asOf', () => {
  let first: string;
  let version: string;
  let second: string;
  beforeAll(async () => {
    for (const tenant of ['a', 'b', 'c', 'd']) {
      await write(`createNote(data: { tenant: "${tenant}", id: "1", body: "old ${tenant}", owner: "reader" }) { id }`);
    }
    first = await moment();
    version = (
      await write(`updateNote(by: { id: "1" }, shardKey: "a", data: { body: "new", owner: "other" }) { version }`)
    ).updateNote.version;
    await write(`deleteNote(by: { id: "1" }, shardKey: "b") { id }`);
    await write(`createNote(data: { tenant: "e", id: "9", body: "late" }) { id }`);
    second = await moment();
    await write(`updateNote(by: { id: "1" }, shardKey: "a", data: { body: "newest" }) { id }`);
    await write(`createSecret(data: { tenant: "a", id: "s" }) { id }`);
    await wait(systemTimers, 600);
  });

  const bodies = '{ notes(orderBy: [{ tenant: ASC }]) { totalCount nodes { tenant body } } }';

  it('answers lists, counts, rows, searches and versions over all shards as they were', async () => {
    const { data, errors, extensions } = await worker.graphql(
      `query ($time: DateTime!) @asOf(time: $time) {
        notes(orderBy: [{ tenant: ASC }]) { totalCount nodes { tenant body } }
        found: notes(search: "old") { nodes { tenant } }
        none: notes(search: "newest") { totalCount }
        note(by: { id: "1" }, shardKey: "a") { body version }
        gone: note(by: { id: "9" }, shardKey: "e") { body }
      }`,
      { time: first },
    );
    expect(errors).toEqual([]);
    expect(data.notes.nodes).toEqual(['a', 'b', 'c', 'd'].map((tenant) => ({ tenant, body: `old ${tenant}` })));
    expect(data.notes.totalCount).toBe(4);
    expect(data.found.nodes).toHaveLength(4);
    expect(data.none.totalCount).toBe(0);
    expect(data.gone).toBeNull();
    expect(data.note.body).toBe('old a');
    expect(Number(data.note.version)).toBeLessThan(Number(version));
    const [field] = extensions.consistency.fields;
    expect(field).toMatchObject({ mode: 'STRONG', source: 'shard' });
    expect(Number(field.asOf)).toBeLessThan(Number(version));
  });

  it('takes the version of a row, as which all shards answer', async () => {
    const { data } = await worker.graphql(`query @asOf(version: "${version}") ${bodies}`);
    // What was written to other shards afterwards is not there yet.
    expect(data.notes.nodes.map(({ body }: { body: string }) => body)).toEqual(['new', 'old b', 'old c', 'old d']);
  });

  it('changes nothing, and neither fills nor takes from caches', async () => {
    const cached = '@consistency(mode: CACHED) { note(by: { id: "1" }, shardKey: "a") { body } }';
    await worker.graphql(`query ${cached}`);
    const past = await worker.graphql(
      `query @asOf(time: "${second}") { note(by: { id: "1" }, shardKey: "a") { body } }`,
    );
    expect(past.data.note.body).toBe('new');
    expect((await worker.graphql(`query ${cached}`)).data.note.body).toBe('newest');
    expect((await worker.graphql(bodies)).data.notes.totalCount).toBe(4);
  });

  it('holds shards to what they have answered: no later commit counts as one of that time', async () => {
    const time = new Date(Date.now() - 510).toISOString();
    const before = await worker.graphql(`query @asOf(time: "${time}") ${bodies}`);
    const last = () => worker.inShards(({ storage }) => storage.sql.exec('SELECT version FROM _clock').one().version);
    const version = (Date.parse(time) - Date.UTC(2024, 0, 1)) * 4096;
    for (const stored of await last()) expect(stored).toBeGreaterThanOrEqual(version);
    await write(`updateNote(by: { id: "1" }, shardKey: "c", data: { body: "later" }) { id }`);
    expect((await worker.graphql(`query @asOf(time: "${time}") ${bodies}`)).data).toEqual(before.data);
  });

  it('shows a role the rows that its rule finds as they were, of tables that let it', async () => {
    const then = await worker.graphql(`query @asOf(time: "${first}") ${bodies}`, {}, as('reader'));
    expect(then.data.notes.nodes.map(({ tenant }: { tenant: string }) => tenant)).toEqual(['a', 'b', 'c', 'd']);
    const later = await worker.graphql(`query @asOf(time: "${second}") ${bodies}`, {}, as('reader'));
    expect(later.data.notes.nodes.map(({ tenant }: { tenant: string }) => tenant)).toEqual(['c', 'd']);
    const secret = await worker.graphql(`query @asOf(time: "${first}") { secrets { nodes { id } } }`, {}, as('reader'));
    expect(errorSummary(secret)).toEqual(['secrets FORBIDDEN']);
    const guest = await worker.graphql(`query @asOf(time: "${first}") ${bodies}`, {}, as('guest'));
    expect(guest.errors[0]?.message).toMatch(/Unknown directive "@asOf"/);
  });

  it.each([
    ['a time that has not come', '(time: "2090-01-01T00:00:00Z")', /at least 500 ms ago/],
    ['a version that has not come', '(version: "9000000000000000")', /at least 500 ms ago/],
    ['a time before there were versions', '(time: "1999-12-31T00:00:00Z")', /from 2024-01-01T00:00:00.000Z on/],
    ['neither', '', /time or version, but got neither/],
    ['both', '(time: "2026-01-01", version: "1")', /time or version, but got both/],
    ['no version', '(version: "x")', /the version of a row/],
  ])('refuses %s', async (_, args, message) => {
    const answer = await worker.graphql(`query @asOf${args} ${bodies}`);
    expect(errorSummary(answer)).toEqual(['notes BAD_USER_INPUT']);
    expect(answer.errors[0]?.message).toMatch(message);
  });

  it('refuses mutations, and @consistency beside it', async () => {
    const mutation = await worker.graphql(
      `mutation @asOf(time: "${first}") { deleteNote(by: { id: "1" }, shardKey: "a") { id } }`,
    );
    expect(mutation.errors[0]?.message).toMatch(/Directive "@asOf" may not be used on MUTATION/);
    const both = await worker.graphql(
      `query @asOf(time: "${first}") { notes @consistency(mode: CACHED) { totalCount } }`,
    );
    expect(both.errors[0]?.message).toMatch(/@asOf or with @consistency, but got both/);
  });

  it('refuses times from before the installation began: there is nothing to be seen', async () => {
    const answer = await worker.graphql(`query @asOf(time: "2024-01-31T09:00:00Z") ${bodies}`);
    expect(errorSummary(answer)).toEqual(['notes BAD_USER_INPUT']);
    expect(answer.errors[0]?.message).toMatch(/^Expected a time from 2\S+Z on, when this installation began/);
  });

  it('refuses times that the log does not reach back to', async () => {
    await worker.inShards(({ storage }) =>
      storage.sql.exec(
        `INSERT INTO _log_state (id, trimmed_seq, trimmed_version, measured_seq, bytes, held_version, held_until)
         SELECT 1, max(seq), max(version), 0, 0, 0, 0 FROM _log WHERE true HAVING max(seq) > 0
         ON CONFLICT (id) DO UPDATE SET trimmed_seq = excluded.trimmed_seq, trimmed_version = excluded.trimmed_version`,
      ),
    );
    const answer = await worker.graphql(`query @asOf(time: "${first}") ${bodies}`);
    expect(errorSummary(answer)).toEqual(['notes BAD_USER_INPUT']);
    expect(answer.errors[0]?.message).toMatch(/since when changes are kept/);
  });
});
