import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GenerateOptions, generateMigration } from '../../scripts/migrations/generate.ts';
import type { MigrationBundle } from '../../src/model/types.ts';
import { type Outcome, runInProcess } from '../support/run-in-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'db-generate-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const migrations = (): string => join(folder, 'migrations');

/** Writes a model of owners and their notes; `noteColumns` are further columns of the notes. */
function writeModel(noteColumns = '', constraints = ''): void {
  const url = (path: string): string => JSON.stringify(pathToFileURL(join(ROOT, path)).href);
  writeFileSync(
    join(folder, 'model.ts'),
    `import { check, foreignKey, integer, primaryKey, sqliteTable, text } from ${url('node_modules/drizzle-orm/sqlite-core/index.js')};
import { sql } from ${url('node_modules/drizzle-orm/index.js')};
import { defineModel } from ${url('src/model/define-model.ts')};

const owners = sqliteTable('owners', { id: text().primaryKey() });
const notes = sqliteTable(
  'notes',
  { ownerId: text('owner_id').notNull().references(() => owners.id), id: text().notNull(), ${noteColumns} },
  (t) => [primaryKey({ columns: [t.ownerId, t.id] }), ${constraints}],
);
const lines = sqliteTable(
  'lines',
  { ownerId: text('owner_id').notNull(), noteId: text('note_id').notNull(), id: integer().notNull() },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.noteId, t.id] }),
    foreignKey({ columns: [t.ownerId, t.noteId], foreignColumns: [notes.ownerId, notes.id] }).onDelete('cascade'),
  ],
);
export default defineModel({
  Owner: { table: owners, shardKey: 'id' },
  Note: { table: notes, shardKey: 'ownerId' },
  Line: { table: lines, shardKey: 'ownerId' },
});
`,
  );
}

/** `npm run db:generate` in a process of its own. */
const runGenerate = (...options: string[]) =>
  run(
    process.execPath,
    [join(ROOT, 'scripts/db-generate.ts'), '--model', join(folder, 'model.ts'), '--out', migrations(), ...options],
    { cwd: ROOT },
  );

/** The same in this process, which gives each version of a file another name: modules are loaded once. */
let versions = 0;
async function generate(options: Partial<GenerateOptions> = {}): Promise<Outcome> {
  const model = join(folder, `model-${++versions}.ts`);
  cpSync(join(folder, 'model.ts'), model);
  const outcome = await runInProcess(
    async () => {
      try {
        await generateMigration({ model, out: migrations(), rename: [], drop: [], ...options });
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    },
    { folder: ROOT, env: process.env },
  );
  rmSync(model);
  return outcome;
}

test.each([
  ['cannot be read', ['const a =;'], /^Cannot load \S*model\.ts: Expression expected \(\S*model\.ts:1\)\n$/],
  ['throws', ['', 'throw new Error("gone");'], /^Cannot load \S*model\.ts: gone \(\S*model\.ts:2\)\n$/],
  [
    'imports what is not there',
    ['import "./none.ts";'],
    /^Cannot load \S*model\.ts: Cannot find module '\S*none\.ts' .*\n$/,
  ],
  ['exports no model', ['export default 1;'], /^Expected \S*model\.ts to export a model by default, but got number\./],
])('a model file that %s is named, and the line', async (_what, lines, message) => {
  writeFileSync(join(folder, 'model.ts'), lines.join('\n'));
  const { code, stdout, stderr } = await runGenerate().catch((error) => error);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
});

test('what is wrong with a model is all that is said', async () => {
  writeModel('nodeId: text(), version: text()');
  const { code, stdout, stderr } = await runGenerate().catch((error) => error);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^Expected a sound model, but got 2 problems:\n(- Note .*\n){2}$/);
});

/** The message of a run that must fail. */
async function refusal(options: Partial<GenerateOptions> = {}): Promise<string> {
  const { code, stderr } = await generate(options);
  return code === 1 ? stderr : 'db:generate did not fail';
}

const files = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(migrations(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );

async function readBundle(): Promise<MigrationBundle> {
  // Under another name each time: modules are loaded once.
  const copy = join(migrations(), `index-${++versions}.ts`);
  cpSync(join(migrations(), 'index.ts'), copy);
  const { bundle } = await import(pathToFileURL(copy).href);
  rmSync(copy);
  return bundle;
}

describe('db:generate', () => {
  test('makes the first migration, with a row version on each table, and nothing more the second time', async () => {
    writeModel();
    await generate();
    const first = files();
    expect(Object.keys(first).sort()).toEqual([
      '/migrations/0000_init.sql',
      '/migrations/index.ts',
      '/migrations/meta/0000_facts.json',
      '/migrations/meta/0000_snapshot.json',
      '/migrations/meta/_journal.json',
    ]);
    const { stdout } = await generate();
    expect(stdout).toContain('Nothing changed');
    expect(files()).toEqual(first);
    const [migration] = (await readBundle()).migrations;
    const tables = migration!.statements.filter((statement) => statement.startsWith('CREATE TABLE'));
    expect(tables).toHaveLength(3);
    for (const table of tables) expect(table).toContain('`_version` integer DEFAULT 0 NOT NULL');
  });

  test('gives the same files for the same model, whenever it runs', async () => {
    writeModel('body: text(),');
    await generate();
    const first = files();
    rmSync(migrations(), { recursive: true });
    await generate();
    expect(files()).toEqual(first);
    rmSync(join(migrations(), 'index.ts'));
    await generate();
    expect(files(), 'the bundle is made anew from the SQL files').toEqual(first);
  });

  test('adds a second migration, named as asked, and keeps the first', async () => {
    writeModel();
    await generate();
    const before = (await readBundle()).migrations[0];
    writeModel(`body: text().default('it’s \`quoted\` $\{here} \\\\ there'),`);
    await generate({ name: 'add_body' });
    const bundle = await readBundle();
    expect(bundle.migrations.map((migration) => migration.tag)).toEqual(['0000_init', '0001_add_body']);
    expect(bundle.migrations[0]).toEqual(before);
    // The bundle holds the SQL of the file to the letter.
    const sqlFile = readFileSync(join(migrations(), '0001_add_body.sql'), 'utf8').trim();
    expect(bundle.migrations[1]!.statements).toEqual([sqlFile]);
  });

  test('takes renames, drops and the way back as options', async () => {
    writeModel("title: text(), draft: text(), a: text('a b')");
    await generate();
    writeModel("title: text('heading'), a: text('a=b')");
    const { stdout } = await runGenerate(
      ...['--name', 'heading', '--rename', 'notes.title=heading', '--rename', 'notes.a b=a=b', '--drop', 'notes.draft'],
    );
    expect(stdout).toMatch(/0001_heading\.sql: 3 statements\.\nIt drops notes\.draft with all values\.\n/);
    expect((await readBundle()).migrations[1]!.renames).toEqual([
      { table: 'notes', column: 'title', to: 'heading' },
      { table: 'notes', column: 'a b', to: 'a=b' },
    ]);
    writeModel("title: text(), draft: text(), a: text('a b')");
    await generate({ revert: '0001_heading' });
    const [first, , last] = (await readBundle()).migrations;
    expect(last).toMatchObject({
      tag: '0002_revert_0001_heading',
      reverts: '0001_heading',
      schemaHash: first!.schemaHash,
    });
  });
});

describe('db:generate refuses, and writes nothing', () => {
  const sound = mkdtempSync(join(tmpdir(), 'db-generate-sound-'));
  beforeAll(async () => {
    folder = sound;
    writeModel();
    await generate();
    return () => rmSync(sound, { recursive: true });
  });

  /** Damages a folder with one migration; the next run must refuse with the message and change nothing. */
  const unchanged = async (damage: () => void, message: RegExp): Promise<void> => {
    cpSync(sound, folder, { recursive: true });
    damage();
    const before = files();
    expect(await refusal()).toMatch(message);
    expect(files()).toEqual(before);
  };
  const snapshot = (): string => join(migrations(), 'meta/0000_snapshot.json');

  test('a snapshot that is no JSON', () =>
    unchanged(() => writeFileSync(snapshot(), '{'), /0000_snapshot\.json .* it is no JSON/));

  test('a snapshot of another form', () =>
    unchanged(() => writeFileSync(snapshot(), '{"version":"5"}'), /0000_snapshot\.json .* not of the form/));

  test('a missing snapshot', () => unchanged(() => rmSync(snapshot()), /0000_snapshot\.json .* it is missing/));

  test('a missing SQL file', () =>
    unchanged(() => rmSync(join(migrations(), '0000_init.sql')), /0000_init\.sql .* it is missing/));

  test('a table that may have been renamed, without a terminal to ask at', () =>
    unchanged(() => {
      const model = readFileSync(join(folder, 'model.ts'), 'utf8');
      writeFileSync(join(folder, 'model.ts'), model.replace("'lines'", "'rows'"));
    }, /table "lines": --drop lines {2}or {2}--rename lines=rows/));

  test.each(['a/b', '..\\a', ''])('the name %j, which is no part of a file name', async (name) => {
    writeModel();
    expect(await refusal({ name })).toBe(
      `Expected --name to be part of a file name, but got ${JSON.stringify(name)}.\n`,
    );
  });

  test('a file that exports no model', async () => {
    writeFileSync(join(folder, 'model.ts'), 'export default 1;');
    expect(await refusal()).toMatch(/to export a model by default, but got number/);
  });

  test('a model that is unsound', async () => {
    writeModel('parent: text().unique(),');
    expect(await refusal()).toMatch(/unique index that includes the shard key "ownerId"/);
  });
});
