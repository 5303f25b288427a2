import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { postGraphQL } from '../support/graphql.ts';
import { createLabWorker } from '../support/lab-worker.ts';

const notes = sqliteTable('notes', { tenant: text().notNull(), id: text().notNull(), note: text() }, (t) => [
  primaryKey({ columns: [t.tenant, t.id] }),
]);
const model = defineModel({ Note: { table: notes, shardKey: 'tenant' } });

function createWorkerOfTest() {
  const worker = createLabWorker(model, 1);
  const ask = (query: string) => postGraphQL('/operator', query, {}, {}, (path, init) => worker.fetch(path, init));
  return {
    ...worker,
    ask,
    async written(mutation: string) {
      expect((await worker.graphql(`mutation { ${mutation} }`)).errors).toEqual([]);
    },
    async changes(args: string) {
      const { data, errors } = await ask(
        `{ changes(shard: "${worker.shardNames[0]}"${args}) { nodes { version key before after afterKnown } hasNextPage endCursor since } }`,
      );
      expect(errors).toEqual([]);
      return data.changes;
    },
  };
}

describe('changes of a log that was trimmed', () => {
  it('begin where it begins, and say so; nobody goes on over a gap in silence', async () => {
    const worker = createWorkerOfTest();
    for (const id of ['1', '2', '3', '4']) {
      await worker.written(`createNote(data: { tenant: "a", id: "${id}", note: "n" }) { id }`);
    }
    const whole = await worker.changes('');
    expect(whole).toMatchObject({ since: '0', hasNextPage: false });
    const versions: string[] = whole.nodes.map(({ version }: { version: string }) => version);
    await worker.inShards(({ storage: { sql } }) => {
      const [seq] = [...sql.exec('SELECT seq FROM _log WHERE version = ?', Number(versions[1])).raw()][0] as [number];
      sql.exec('DELETE FROM _log_state');
      sql.exec(
        'INSERT INTO _log_state (id, trimmed_seq, trimmed_version, spare_seq, measured_seq, bytes, held_version, held_until) VALUES (1, ?, ?, 0, 0, 0, 0, 0)',
        seq,
        Number(versions[1]),
      );
    });
    worker.restartShards();
    const kept = await worker.changes('');
    expect(kept.since).toBe(versions[1]);
    expect(kept.nodes.map(({ version }: { version: string }) => version)).toEqual(versions.slice(2));
    // Who has seen all up to there misses nothing.
    expect((await worker.changes(`, after: "${versions[1]}"`)).nodes).toHaveLength(2);
    const { errors } = await worker.ask(
      `{ changes(shard: "${worker.shardNames[0]}", after: "${versions[0]}") { endCursor } }`,
    );
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(
          new RegExp(`^Expected after to be a version from ${versions[1]} on, .* but got ${versions[0]}\\.`),
        ),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
    // Backwards there is an end.
    const back = await worker.changes(`, newestFirst: true, after: "${versions[2]}"`);
    expect(back).toMatchObject({ nodes: [], hasNextPage: false, endCursor: null });
  });

  it('look through a long log in parts, and say where they cannot tell what a row was', async () => {
    const worker = createWorkerOfTest();
    await worker.written('createNote(data: { tenant: "rare", id: "1", note: "first" }) { id }');
    for (let part = 0; part < 21; part++) {
      const rows = Array.from({ length: 1_000 }, (_, at) => `{ tenant: "b", id: "${part}-${at}", note: "n" }`);
      await worker.written(`createNotes(data: [${rows}]) { affectedCount }`);
    }
    await worker.written('updateNote(by: { id: "1" }, shardKey: "rare", data: { note: "second" }) { id }');
    const page = async (after: string | null) => {
      const { data, errors } = await worker.ask(
        `{ changes(shardKey: "rare", first: 5${after === null ? '' : `, after: "${after}"`}) { nodes { after before afterKnown } hasNextPage endCursor } }`,
      );
      expect(errors).toEqual([]);
      return data.changes;
    };
    const first = await page(null);
    expect(first).toEqual({
      nodes: [{ before: null, after: null, afterKnown: false }],
      hasNextPage: true,
      endCursor: expect.stringMatching(/^\d+\.20000$/),
    });
    const second = await page(first.endCursor);
    expect(second).toMatchObject({
      nodes: [{ before: { note: 'first' }, after: { note: 'second' }, afterKnown: true }],
      hasNextPage: false,
    });
  }, 60_000);
});
