/** SQL files as authors leave them: what `db:generate` rehearses of them is what shards run. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foreignKey, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notesAtOnce } from '../../scripts/migrations/at-once.ts';
import { bundled } from '../../scripts/migrations/bundle.ts';
import { addMigration, readMigrationFolder, sqlPath } from '../../scripts/migrations/migration-folder.ts';
import { rehearseEdited } from '../../scripts/migrations/rehearse-edited.ts';
import { splitStatements } from '../../scripts/migrations/schema/split-statements.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { physicalHash } from '../../src/model/physical.ts';
import type { Model } from '../../src/model/types.ts';
import { ModelHistory } from './model-history.ts';
import { NodeShard } from './node-shard.ts';

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'edited-files-'));
});
afterEach(() => rmSync(path, { recursive: true }));

/** Notes, and lines that are deleted with them; `size` of another type makes the notes anew. */
function modelOf(size: 'text' | 'integer'): Model {
  const notes = sqliteTable(
    'notes',
    { owner: text().notNull(), id: text().notNull(), size: size === 'text' ? text() : integer() },
    (t) => [primaryKey({ columns: [t.owner, t.id] })],
  );
  const lines = sqliteTable('lines', { owner: text().notNull(), note: text().notNull(), id: text().notNull() }, (t) => [
    primaryKey({ columns: [t.owner, t.id] }),
    foreignKey({ columns: [t.owner, t.note], foreignColumns: [notes.owner, notes.id] }).onDelete('cascade'),
  ]);
  return defineModel({ Note: { table: notes, shardKey: 'owner' }, Line: { table: lines, shardKey: 'owner' } });
}

const UPDATE = "UPDATE notes SET size = '0' WHERE size = 'none';";

describe('A table that is made anew keeps the rows that refer to it', () => {
  test.each<[what: string, edit: (sql: string) => string]>([
    ['is not edited', (sql) => sql],
    ['has a statement in front and one behind, without a breakpoint', (sql) => `${UPDATE}\n${sql}${UPDATE}\n`],
    [
      'has a comment in front of each statement',
      (sql) => sql.replace(/^(?=PRAGMA|CREATE|DROP)/gm, '-- so;\n/* or */ '),
    ],
    ['has a comment behind each statement', (sql) => sql.replace(/;$/gm, '; -- so')],
    ['has the line ends of Windows', (sql) => sql.replaceAll('\n', '\r\n')],
    ['has no breakpoints', (sql) => sql.replaceAll('--> statement-breakpoint\n', '')],
    [
      'writes its pragmas otherwise',
      (sql) => sql.replace('foreign_keys=OFF', 'main.foreign_keys(0)').replace('=ON', ' (ON)'),
    ],
  ])('where the SQL file %s', async (_what, edit) => {
    const history = new ModelHistory();
    const shard = new NodeShard();
    await history.change(modelOf('text'));
    await shard.migrate(modelOf('text'), history.bundle);
    shard.run("INSERT INTO notes (owner, id, size) VALUES ('o', 'n', '5')");
    shard.run("INSERT INTO lines (owner, note, id) VALUES ('o', 'n', 'l')");

    const model = modelOf('integer');
    await history.change(model);
    history.folder.migrations.reduce(addMigration, { path, migrations: [] });
    const file = sqlPath(path, history.folder.migrations.at(-1)!.tag);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    const folder = readMigrationFolder(path);
    rehearseEdited(folder);
    await shard.migrate(model, { migrations: folder.migrations.map(bundled), physicalHash: physicalHash(model) });
    expect(shard.rows('SELECT note, size FROM lines JOIN notes ON notes.id = lines.note')).toEqual([['n', 5]]);
  });
});

test.each<[statement: string, note: RegExp | null]>([
  [UPDATE, null],
  ['CREATE INDEX more ON notes (size);', null],
  [
    "DELETE FROM lines WHERE owner = '';",
    /^If lines is large, shards stand still for it: this is not done in steps: DELETE FROM lines/,
  ],
  ['UPDATE notes SET size = (SELECT count(*) FROM lines);', /^If lines is large/],
])('What is done in steps is told of %s', async (statement, note) => {
  const history = new ModelHistory();
  await history.change(modelOf('text'));
  const before = history.bundle.migrations.flatMap(({ statements }) => statements);
  const notes = notesAtOnce(before, { tag: 'next', statements: [statement] });
  if (note === null) expect(notes).toEqual([]);
  else expect(notes[0]).toMatch(note);
});

test.each<[sql: string, statements: readonly string[]]>([
  ['', []],
  [' \n-- nothing\n', []],
  ['SELECT 1', ['SELECT 1']],
  ['SELECT 1;', ['SELECT 1;']],
  ['SELECT 1; ;\nSELECT 2', ['SELECT 1;', 'SELECT 2']],
  ['SELECT 1\n--> statement-breakpoint\nSELECT 2', ['SELECT 1', 'SELECT 2']],
  ['SELECT 1\r\n--> statement-breakpoint \r\nSELECT 2', ['SELECT 1', 'SELECT 2']],
  ['SELECT \';\', "a;b", `c;d`, [e;f]; -- so; it ends', ['SELECT \';\', "a;b", `c;d`, [e;f]; -- so; it ends']],
  ['/* a; b */ SELECT 1; SELECT 2;', ['/* a; b */ SELECT 1;', 'SELECT 2;']],
  ['SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2;', ['SELECT CASE 1 WHEN 1 THEN 2 END;', 'SELECT 2;']],
  [
    'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE c WHEN 1 THEN 2 END; DELETE FROM d; END; SELECT 1;',
    [
      'CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE c WHEN 1 THEN 2 END; DELETE FROM d; END;',
      'SELECT 1;',
    ],
  ],
])('the statements of %j', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements);
});
