/** `npm run dev`: reloads when the model changes, says what is wrong with a broken one, and goes on when it is mended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postGraphQL } from '../support/graphql.ts';
import { freePort } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'shardql-dev-'));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const writeModel = (columns: string, shardKey = 'id') =>
  write(
    'model.ts',
    `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '${ROOT}/src/index.ts';
const notes = sqliteTable('notes', { id: text().primaryKey(), title: text().notNull()${columns} });
export default defineModel({ Note: { table: notes, shardKey: '${shardKey}' } });
`,
  );

let child: ReturnType<typeof spawn>;
let url: string;
let output = '';

beforeAll(async () => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeModel(', motto: text(');
  write(
    'worker.ts',
    `import { createWorker } from '${ROOT}/src/index.ts';
import model from './model.ts';
const app = createWorker({ model, migrations: { physicalHash: '', migrations: [] } });
export default app.handlers;
export const { Shard, Catalog } = app;
`,
  );
  write(
    'wrangler.toml',
    `name = "dev"
main = "worker.ts"
compatibility_date = "2026-10-01"
durable_objects.bindings = [{ name = "SHARD", class_name = "Shard" }, { name = "CATALOG", class_name = "Catalog" }]
migrations = [{ tag = "v1", new_sqlite_classes = ["Shard", "Catalog"] }]
`,
  );
  const port = await freePort();
  url = `http://127.0.0.1:${port}/graphql`;
  const options = ['--config', join(folder, 'wrangler.toml'), '--port', String(port), '--inspector-port', '0'];
  child = spawn('npm', ['run', 'dev', '--', ...options, '--persist-to', join(folder, '.state')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which ends together.
    detached: true,
    env: { ...process.env, WRANGLER_LOG_PATH: join(folder, '.logs'), WRANGLER_SEND_METRICS: 'false' },
  });
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => (output += stripVTControlCharacters(String(chunk))));
});

afterAll(async () => {
  const closed = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid!, 'SIGTERM');
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000);
  await closed;
  clearTimeout(timer);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Names of the columns of `Note`; null while nothing answers. */
async function fieldsOfNote(): Promise<readonly string[] | null> {
  try {
    const { data } = await postGraphQL(url, '{ __type(name: "NoteCreateInput") { inputFields { name } } }');
    return data.__type.inputFields.map(({ name }: { name: string }) => name);
  } catch {
    return null;
  }
}

async function eventually(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}

const shows = (...fields: string[]) =>
  eventually(async () => JSON.stringify(await fieldsOfNote()) === JSON.stringify(fields));

it('says what does not compile, and starts once it is mended', async () => {
  await eventually(() => output.includes('It is tried again when a file in'));
  expect(output).toMatch(/^Cannot bundle .*worker\.ts: .* \(.*model\.ts:3\)$/m);
  writeModel('');
  await shows('id', 'title');
});

it('serves the model as it is after a change', async () => {
  writeModel(', motto: text()');
  await shows('id', 'title', 'motto');
  const { errors } = await postGraphQL(url, '{ notes { nodes { motto } } }');
  expect(errors[0]).toMatchObject({
    message: expect.stringContaining('run "npm run db:generate"'),
    extensions: { code: 'MIGRATION_FAILED' },
  });
});

it('says what is wrong with a model, and goes on when it is mended', async () => {
  output = '';
  writeModel(', motto: text()', 'titel');
  await eventually(() => output.includes('It is tried again'));
  // Last, and in its own words, whatever wrangler has said before.
  expect(output).toMatch(
    /\nExpected a sound model, but got 1 problem\(s\):\n- Note \(table "notes"\).*"titel".*\nIt is tried again [^\n]*\n$/,
  );
  writeModel(', motto: text(), mood: text()');
  await shows('id', 'title', 'motto', 'mood');
});

it('says what no longer compiles, and goes on when it is mended', async () => {
  output = '';
  writeModel(', motto: text(');
  await eventually(() => /Build failed with 1 error[\s\S]*model\.ts:3/.test(output));
  writeModel(', motto: text()');
  await shows('id', 'title', 'motto');
});
