/** `npm run dev`: reloads when the model changes, says what is wrong with a broken one, and goes on when it is mended. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exampleTabs } from '../../scripts/demo/example-queries.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import { freePort } from '../support/free-port.ts';
import { postGraphQL } from '../support/graphql.ts';

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

let dev: Awaited<ReturnType<typeof runDev>>;

async function runDev(config: string, persistFolder: string) {
  const port = await freePort();
  const options = ['--config', config, '--port', String(port), '--inspector-port', '0', '--persist-to', persistFolder];
  const child = spawn('npm', ['run', 'dev', '--', ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which ends together.
    detached: true,
    env: { ...process.env, WRANGLER_LOG_PATH: join(folder, '.logs'), WRANGLER_SEND_METRICS: 'false' },
  });
  const run = {
    origin: `http://127.0.0.1:${port}`,
    output: '',
    async stop() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      process.kill(-child.pid!, 'SIGTERM');
      const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 10_000);
      await closed;
      clearTimeout(timer);
    },
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      run.output += stripVTControlCharacters(String(chunk));
    });
  }
  return run;
}

beforeAll(async () => {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeModel(', motto: text(');
  write(
    'worker.ts',
    `import { createWorker, defineExtensions } from '${ROOT}/src/index.ts';
import model from './model.ts';
const extensions = defineExtensions(model, ({ builder }) => {
  builder.queryField('boom', (t) => t.string({ resolve: () => { throw new TypeError('it boomed'); } }));
});
const app = createWorker({ model, migrations: { physicalHash: '', migrations: [] }, extensions });
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
  dev = await runDev(join(folder, 'wrangler.toml'), join(folder, '.state'));
});

afterAll(async () => {
  await dev.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Names of the columns of `Note`; null while nothing answers. */
async function fieldsOfNote(): Promise<readonly string[] | null> {
  try {
    const { data } = await postGraphQL(
      `${dev.origin}/graphql`,
      '{ __type(name: "NoteCreateInput") { inputFields { name } } }',
    );
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
  await eventually(() => dev.output.includes('It is tried again when a file in'));
  expect(dev.output).toMatch(/^Cannot bundle .*worker\.ts: .* \(.*model\.ts:3\)$/m);
  writeModel('');
  await shows('id', 'title');
  // Wrangler's first start takes minutes where other tests take both cores.
}, 400_000);

it('serves the model as it is after a change', async () => {
  writeModel(', motto: text()');
  await shows('id', 'title', 'motto');
  const { errors } = await postGraphQL(`${dev.origin}/graphql`, '{ notes { nodes { motto } } }');
  expect(errors[0]).toMatchObject({
    message: expect.stringContaining('"npm run db:generate"'),
    extensions: { code: 'MIGRATION_FAILED' },
  });
});

it('shows what a field of one’s own throws, with the lines of its source', async () => {
  const { errors } = await postGraphQL(`${dev.origin}/graphql`, '{ boom }');
  expect(errors).toMatchObject([{ extensions: { thrown: 'TypeError: it boomed' } }]);
  await eventually(() => dev.output.includes('Error in boom'));
  expect(dev.output).toMatch(/Error in boom .*\n\s+TypeError: it boomed\n\s+at resolve \(\S*worker\.ts:4:\d+\)/);
});

it('says what is wrong with a model, and goes on when it is mended', async () => {
  dev.output = '';
  writeModel(', motto: text()', 'titel');
  await eventually(() => dev.output.includes('It is tried again'));
  // Last, and in its own words, whatever wrangler has said before.
  expect(dev.output).toMatch(
    /\nExpected a sound model, but got 1 problem:\n- Note \(table "notes"\).*"titel".*\nIt is tried again [^\n]*\n$/,
  );
  writeModel(', motto: text(), mood: text()');
  await shows('id', 'title', 'motto', 'mood');
});

it('says what no longer compiles, and goes on when it is mended', async () => {
  dev.output = '';
  writeModel(', motto: text(');
  await eventually(() => /Build failed with 1 error[\s\S]*model\.ts:3/.test(dev.output));
  writeModel(', motto: text()');
  await shows('id', 'title', 'motto');
});

it('has the demo’s rows and GraphiQL, to which / leads a browser', async () => {
  const demo = await runDev('wrangler.toml', join(folder, '.demo'));
  try {
    let orders = null;
    await eventually(async () => {
      orders = await postGraphQL(`${demo.origin}/graphql`, '{ orders { totalCount } }').catch(() => null);
      return orders !== null;
    });
    // The first answer is from all of them.
    expect(orders).toMatchObject({ data: { orders: { totalCount: makeShop().orders.length } } });
    const page = await fetch(demo.origin, { headers: { accept: 'text/html' } });
    expect(page.url).toBe(`${demo.origin}/graphql`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const assets = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    for (const path of assets) expect((await fetch(`${demo.origin}${path}`)).status).toBe(200);
    expect(await (await fetch(`${demo.origin}/_shardql/graphiql/examples.json`)).json()).toEqual(exampleTabs());
    for (const path of [
      '/_shardql/graphiql/nothing.js',
      '/_shardql/graphiql/..%2f..%2fpackage.json',
      '/_shardql/graphiql/page',
    ]) {
      expect((await fetch(`${demo.origin}${path}`)).status).toBe(404);
    }
  } finally {
    await demo.stop();
  }
});
