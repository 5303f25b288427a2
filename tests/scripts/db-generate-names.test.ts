/** Migrations of a model that is called by the words of SQL make the tables that it declares. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateMigration } from '../../scripts/migrations/generate.ts';
import { namedTables } from '../models/named-tables.ts';
import { migrationsOf } from '../support/create-tables.ts';
import { WORDS } from '../support/names/sql-words.ts';

/** Of four tables each: so that every word is a column. */
const FAMILIES = 20;
const ROOT = join(import.meta.dirname, '../..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'db-generate-names-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('db:generate makes tables, columns, keys, indexes and references of these very names', async () => {
  const url = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, path)).href);
  writeFileSync(
    join(folder, 'model.ts'),
    `import { namedTables } from ${url('tests/models/named-tables.ts')};
import { WORDS } from ${url('tests/support/names/sql-words.ts')};
export default namedTables(WORDS, ${FAMILIES});`,
  );
  const out = join(folder, 'migrations');
  await generateMigration({ model: join(folder, 'model.ts'), out, rename: [], drop: [] });
  const files = readdirSync(out).filter((name) => name.endsWith('.sql'));
  const generated = files.flatMap((name) => readFileSync(join(out, name), 'utf8').split('--> statement-breakpoint'));
  const model = namedTables(WORDS, FAMILIES);
  const expected = migrationsOf(model).migrations.flatMap(({ statements }) => [...statements]);
  const tables = model.tables.map(({ sqlName }) => sqlName);
  expect(describeTables(generated, tables)).toEqual(describeTables(expected, tables));
  const columns = new Set(model.tables.flatMap((table) => table.columns.map(({ sqlName }) => sqlName)));
  expect(WORDS.filter((word) => !columns.has(word))).toEqual([]);
});

/** What SQLite says of tables that these statements make. */
function describeTables(statements: readonly string[], tables: readonly string[]) {
  const database = new DatabaseSync(':memory:');
  for (const statement of statements) database.exec(statement);
  const ask = (sql: string, name: string) => database.prepare(sql).all(name);
  return tables.map((table) => ({
    columns: ask('SELECT name, lower(type), "notnull", pk, hidden FROM pragma_table_xinfo(?) ORDER BY name', table),
    indexes: ask(
      'SELECT name, "unique", partial FROM pragma_index_list(?) WHERE origin = \'c\' ORDER BY name',
      table,
    ).map((index) => ({ ...index, columns: ask('SELECT name FROM pragma_index_info(?)', String(index.name)) })),
    references: ask(
      'SELECT "table", "from", "to", on_delete FROM pragma_foreign_key_list(?) ORDER BY "to", "from"',
      table,
    ),
  }));
}
