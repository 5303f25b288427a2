/** The model of docs/models.md, as it stands there: its types are right, and it is migrated, started and asked for every list. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../src/model/types.ts';
import { readTableRows } from '../support/docs/read-table.ts';
import { runScript } from '../support/run-script.ts';
import { startServer } from '../support/server.ts';

const PROJECT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');
const page = read('docs/models.md');

let folder: string;
const at = (name: string): string => join(folder, 'src/schema', name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-page-'));
  mkdirSync(at('.'), { recursive: true });
  // As if the file stood in src/schema of a project like this one.
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'src/index.ts'), `export * from ${JSON.stringify(join(PROJECT, 'src/index.ts'))};`);
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  writeFileSync(at('model.ts'), blocks.join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('has the right types', () => {
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'esnext', '--module', 'esnext'];
  const resolution = [
    '--moduleResolution',
    'bundler',
    '--allowImportingTsExtensions',
    '--types',
    '@cloudflare/workers-types',
  ];
  const tsc = join(PROJECT, 'node_modules/.bin/tsc');
  const { stdout } = spawnSync(tsc, [...options, ...resolution, at('model.ts')], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toBe('');
});

it('is migrated, started, and answers every list with all its relations', async () => {
  const made = await runScript('scripts/db-generate.ts', '--model', at('model.ts'), '--out', at('migrations'));
  expect(made.stderr).toBe('');
  writeFileSync(
    at('worker.ts'),
    `import { createWorker } from ${JSON.stringify(join(PROJECT, 'src/index.ts'))};
import { bundle } from './migrations/index.ts';
import model from './model.ts';
const app = createWorker({ model, migrations: bundle });
export default app.handlers;
export const { Shard, Catalog } = app;`,
  );
  writeFileSync(at('wrangler.toml'), read('tests/e2e/all-types-worker/wrangler.toml'));
  const { default: model } = (await import(pathToFileURL(at('model.ts')).href)) as { default: Model };
  const server = await startServer({ config: at('wrangler.toml'), shards: 2 });
  try {
    const lists = model.tables.map(({ list, columns, relations }) => {
      const related = relations.map(({ name, kind }) =>
        kind === 'one' ? `${name} { nodeId }` : `${name} { totalCount }`,
      );
      return `${list} { nodes { ${[...columns.map(({ name }) => name), ...related].join(' ')} } }`;
    });
    const team = await server.graphql('mutation { createTeam(data: { name: "T" }) { id } }');
    const made = await server.graphql(
      `mutation ($teamId: ID!) { createSample(data: { teamId: $teamId, label: "A" }) { slug doubled state seenAt changedAt attributes } }`,
      { teamId: team.data.createTeam.id },
    );
    expect(made.errors).toEqual([]);
    expect(made.data.createSample).toMatchObject({ slug: 'a', doubled: 0, state: 'NEW', attributes: {} });
    const { errors, data } = await server.graphql(`{ ${lists.join('\n')} }`);
    expect(errors).toEqual([]);
    expect(data.teams.nodes).toHaveLength(1);
  } finally {
    await server.stop();
  }
});

describe('every option has its row', () => {
  const rows = readTableRows(page).map(([cell]) => cell!);
  const named = new Set(rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)));
  const membersOf = (path: string, name: string): string[] => {
    const body = new RegExp(`^export interface ${name}\\b.*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(read(path))![1]!;
    return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member]) => member!);
  };

  it.each([
    ['src/model/declaration.ts', 'TableEntry'],
    ['src/model/declaration.ts', 'CacheOptions'],
    ['src/create-api.ts', 'ApiOptions'],
    ['src/create-storage.ts', 'StorageOptions'],
    ['src/shards/client/settings.ts', 'RouterSettings'],
    ['src/cache/settings.ts', 'CacheSettings'],
  ])('of %s: %s', (path, name) => {
    // The number of shards is a variable of the deployment.
    const members = membersOf(path, name).filter((member) => member !== 'shardCount');
    expect(members.length).toBeGreaterThan(3);
    expect(members.filter((member) => !named.has(member))).toEqual([]);
  });
});
