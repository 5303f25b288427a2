/** What deletes of kept rows note: one moment for all that goes together, which tells it from what went before. */
import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { dateTime } from '../../../../src/model/columns.ts';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { WireValue } from '../../../../src/model/types.ts';
import library from '../../../models/library.ts';
import model from '../../../models/projects/model.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

type Values = Record<string, WireValue>;

const NOW = Date.parse('2026-01-02T03:04:05.678Z');
const SECOND = Math.floor(NOW / 1_000) * 1_000;

const inShard = <T>(test: (shard: LabShard) => T | Promise<T>) =>
  inNewShard(
    model,
    migrationsOf(model),
    (shard) => {
      shard.write('t:t', [{ kind: 'create', table: 'Team', values: { id: 't' }, select: null }]);
      return test(shard);
    },
    () => NOW,
  );

const create = (shard: LabShard, table: string, values: Values) =>
  shard.write('t:t', [{ kind: 'create', table, values: { teamId: 't', ...values }, select: null }]);

const on = (shard: LabShard, kind: 'delete' | 'restore' | 'purge', table: string, id: string) =>
  shard.write('t:t', [
    {
      kind,
      table,
      key: { columns: ['teamId', 'id'], values: ['t', id] },
      within: null,
      expectedVersion: null,
      select: null,
    },
  ]);

it('each table notes the moment in its own form, as exactly as all of them can', async () => {
  await inShard((shard) => {
    create(shard, 'Project', { id: 'p' });
    create(shard, 'Task', { id: '1', projectId: 'p' });
    create(shard, 'Comment', { id: 'a', taskId: '1' });
    create(shard, 'Project', { id: 'q' });
    expect(on(shard, 'delete', 'Project', 'p').status).toBe('OK');
    expect(shard.value("SELECT deleted_at FROM projects WHERE id = 'p'")).toBe(new Date(SECOND).toISOString());
    expect(shard.value('SELECT deleted_at FROM tasks')).toBe(SECOND);
    expect(shard.value('SELECT deleted_at FROM comments')).toBe(SECOND / 1_000);
    expect(
      shard.value(
        "SELECT count(DISTINCT _version) FROM (SELECT _version FROM projects WHERE id = 'p' UNION ALL SELECT _version FROM tasks UNION ALL SELECT _version FROM comments)",
      ),
    ).toBe(1);
  });
});

it('rows that went at the same moment, but not together, stay apart', async () => {
  await inShard((shard) => {
    create(shard, 'Task', { id: '1' });
    for (const id of ['a', 'b', 'c']) create(shard, 'Comment', { id, taskId: '1' });
    on(shard, 'delete', 'Comment', 'a');
    on(shard, 'delete', 'Task', '1');
    expect(shard.rows('SELECT id, deleted_at FROM comments')).toEqual([
      ['a', SECOND / 1_000],
      ['b', SECOND / 1_000 + 1],
      ['c', SECOND / 1_000 + 1],
    ]);
    on(shard, 'restore', 'Task', '1');
    expect(shard.rows('SELECT id FROM comments WHERE deleted_at IS NULL')).toEqual([['b'], ['c']]);
    expect(shard.value('SELECT deleted_at FROM tasks')).toBeNull();
  });
});

it('rows that refer to each other in a circle, or in a long chain, go once', async () => {
  await inShard((shard) => {
    for (let id = 0; id < 40; id++) create(shard, 'Task', { id: `${id}`, parentId: id === 0 ? null : `${id - 1}` });
    shard.rows("UPDATE tasks SET parent_id = '39' WHERE id = '0'");
    expect(on(shard, 'delete', 'Task', '20').status).toBe('OK');
    expect(shard.value('SELECT count(*) FROM tasks WHERE deleted_at IS NULL')).toBe(0);
    expect(on(shard, 'restore', 'Task', '20').status).toBe('OK');
    expect(shard.value('SELECT count(*) FROM tasks WHERE deleted_at IS NULL')).toBe(40);
    on(shard, 'delete', 'Task', '20');
    expect(on(shard, 'purge', 'Task', '20').status).toBe('OK');
    expect(shard.value('SELECT count(*) FROM tasks')).toBe(0);
  });
});

it('an undo of a delete, a restore or a purge leaves rows as they were, those that went with others too', async () => {
  await inShard((shard) => {
    create(shard, 'Project', { id: 'p', slug: 's' });
    create(shard, 'Task', { id: '1', projectId: 'p' });
    create(shard, 'Task', { id: '2', projectId: 'p', parentId: '1' });
    create(shard, 'Comment', { id: 'a', taskId: '1' });
    create(shard, 'File', { id: 'f', taskId: '2' });
    on(shard, 'delete', 'Comment', 'a');
    const state = () =>
      ['projects', 'tasks', 'comments', 'files'].map((table) =>
        shard
          .rows(`SELECT * FROM ${table} ORDER BY id`)
          .map((cells) => cells.filter((_, at) => at !== versionAt(table))),
      );
    const versionAt = (table: string) =>
      shard.rows(`SELECT name FROM pragma_table_xinfo('${table}')`).flat().indexOf('_version');
    const undoLast = () => {
      const [origin, version] = shard.rows('SELECT origin, version FROM _log ORDER BY seq DESC LIMIT 1')[0]!;
      const page = { offset: 0, limit: 100 };
      const answer = shard.write('', [
        { kind: 'undo', origin: origin as string, version: version as number, changes: page, conflicts: page },
      ]);
      expect(JSON.parse((answer as { results: string }).results)).toMatchObject([{ conflicts: { total: 0 } }]);
    };
    for (const kind of ['delete', 'restore', 'delete', 'purge'] as const) {
      const before = state();
      expect(on(shard, kind, 'Project', 'p').status).toBe('OK');
      expect(state()).not.toEqual(before);
      undoLast();
      expect(state()).toEqual(before);
      if (kind !== 'purge') on(shard, kind, 'Project', 'p');
    }
  });
});

it('a row that does not fit its columns any more can be deleted, restored and purged', async () => {
  const notes = sqliteTable(
    'notes',
    {
      owner: text().notNull(),
      id: text().notNull(),
      pages: text(),
      count: integer().generatedAlwaysAs(sql`pages`),
      deletedAt: dateTime('deleted_at'),
    },
    (t) => [primaryKey({ columns: [t.owner, t.id] })],
  );
  const model = defineModel({ Note: { table: notes, shardKey: 'owner', softDelete: 'deletedAt' } });
  await inNewShard(model, migrationsOf(model), (shard) => {
    shard.rows("INSERT INTO notes (owner, id, pages) VALUES ('t', 'a', 'many')");
    const key = { columns: ['owner', 'id'], values: ['t', 'a'] };
    const target = { table: 'Note', key, within: null, expectedVersion: null, select: null };
    const update = { kind: 'update', ...target, set: { pages: 'few' }, atomic: {} } as const;
    expect(shard.write('t:t', [update])).toMatchObject({ error: { code: 'INVALID_VALUE' } });
    for (const kind of ['delete', 'restore', 'delete', 'purge'] as const)
      expect(shard.write('t:t', [{ kind, ...target }]).status).toBe('OK');
    expect(shard.value('SELECT count(*) FROM notes')).toBe(0);
  });
});

it('more rows go together, and come back, than one parameter has room for ids', async () => {
  const count = 50_001;
  await inNewShard(library, migrationsOf(library), (shard) => {
    const create = (table: string, values: Values) =>
      shard.write('t:t', [{ kind: 'create', table, values, select: null }]);
    create('Tenant', { id: 't' });
    create('Thread', { tenantId: 't', id: 'h', topic: 'long' });
    shard.rows(
      `INSERT INTO posts (tenant_id, id, thread_id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT 't', i, 'h' FROM n`,
    );
    const deleted = () => shard.value('SELECT count(*) FROM posts WHERE deleted_at IS NOT NULL');
    const on = (kind: 'delete' | 'restore') =>
      shard.write('t:t', [
        {
          kind,
          table: 'Thread',
          key: { columns: ['tenantId', 'id'], values: ['t', 'h'] },
          within: null,
          expectedVersion: null,
          select: null,
        },
      ]);
    expect(on('delete').status).toBe('OK');
    expect(deleted()).toBe(count);
    expect(on('restore').status).toBe('OK');
    expect(deleted()).toBe(0);
  });
});
