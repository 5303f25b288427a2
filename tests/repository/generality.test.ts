/** The model is data: no code but its own file knows the demo's tables. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { bundleWorker } from '../../scripts/start/bundle-worker.ts';
import shop from '../../src/schema/model.ts';

const PROJECT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'shardql-bundle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the demo's tables are called, in SQL and in GraphQL. But `order` is what lists have, too, and `tenant` a shorthand of access rules. */
const NAMES = [
  ...new Set(shop.tables.flatMap(({ typeName, sqlName, single, list }) => [typeName, sqlName, single, list])),
].filter((name) => name !== 'order' && name !== 'tenant');

/** The names that occur in the code; comments may give examples. */
async function namesIn(source: string, loader: 'js' | 'ts'): Promise<string[]> {
  const { code } = await transform(source, { loader, minifyWhitespace: true, legalComments: 'none' });
  return NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
}

async function namesInBundle(worker: string): Promise<string[]> {
  const path = join(folder, 'worker.js');
  await bundleWorker(join(PROJECT, worker), path);
  return namesIn(readFileSync(path, 'utf8'), 'js');
}

it('is not known to any source but the model, its extensions and its migrations', async () => {
  const sources = globSync('src/**/*.ts', { cwd: PROJECT }).filter(
    (path) =>
      !['src/schema/model.ts', 'src/schema/extensions.ts'].includes(path) && !path.startsWith('src/schema/migrations/'),
  );
  expect(sources.length).toBeGreaterThan(100);
  const found: string[] = [];
  for (const path of sources) {
    for (const name of await namesIn(readFileSync(join(PROJECT, path), 'utf8'), 'ts')) found.push(`${path}: ${name}`);
  }
  expect(found).toEqual([]);
});

it('is in the bundle of the demo, and in that of no other model', async () => {
  const declared = shop.tables.flatMap(({ typeName, sqlName }) => [typeName, sqlName]);
  expect(await namesInBundle('src/worker.ts')).toEqual(expect.arrayContaining(declared));
  expect(await namesInBundle('examples/openflights/worker.ts')).toEqual([]);
});
