/** F41, over HTTP: two releases of the API beside each other over one storage, while traffic moves from one to the other and back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FleetMigrationReport } from '../../src/shards/migration-report.ts';
import { Workplace } from '../scripts/run-cli.ts';
import { bundleModule } from '../support/workerd/bundle-module.ts';
import { COMPATIBILITY_DATE, moduleWorker, quietRuntime } from '../support/workerd/quiet-runtime.ts';

type ReleaseName = 'before' | 'after' | 'rebuilt';
const RELEASES: readonly ReleaseName[] = ['before', 'after', 'rebuilt'];

/** Sends a share of the traffic to the next release, as the platform does between two versions of a Worker. */
const SPLITTER = `let [requests, next, share] = [0, 'after', 0];
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/traffic') {
      ({ next, share } = await request.json());
      return new Response();
    }
    const release = request.headers.get('x-release') ?? (requests++ % 2 < share * 2 ? next : 'before');
    return env[release].fetch(request);
  },
};`;

const folder = mkdtempSync(join(tmpdir(), 'shardql-rollout-'));
const place = new Workplace();
let runtime: Miniflare;
let origin: string;

beforeAll(async () => {
  await bundleModule(join(import.meta.dirname, 'rollout-worker/worker.ts'), join(folder, 'worker.mjs'));
  runtime = new Miniflare(optionsOf('before'));
  origin = (await runtime.ready).origin;
});

afterAll(async () => {
  await runtime?.dispose();
  place.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The shards run `storage`. */
function optionsOf(storage: ReleaseName) {
  const durableObject = (className: string) => ({ className, scriptName: 'storage', useSQLite: true });
  const workerOf = (name: string, release: ReleaseName) => ({
    name,
    ...moduleWorker(folder, join(folder, 'worker.mjs')),
    bindings: { RELEASE: release, SHARDQL_DEVELOPMENT: 'true', SHARDQL_SHARDS: '2' },
    durableObjects: { SHARD: durableObject('Shard'), CATALOG: durableObject('Catalog') },
  });
  return convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: 0,
    ...quietRuntime(folder),
    workers: [
      {
        name: 'splitter',
        compatibilityDate: COMPATIBILITY_DATE,
        modules: true,
        script: SPLITTER,
        serviceBindings: Object.fromEntries(RELEASES.map((release) => [release, release])),
      },
      workerOf('storage', storage),
      ...RELEASES.map((release) => workerOf(release, release)),
    ],
  });
}

/** The shards start again, with this release. */
async function deployStorage(storage: ReleaseName): Promise<void> {
  await runtime.setOptions(optionsOf(storage));
  origin = (await runtime.ready).origin;
}

/** From now on this share of the requests, from 0 to 1, goes to the API of the release, and the rest to that of `before`. */
async function moveTraffic(share: number, next: ReleaseName): Promise<void> {
  await (await fetch(`${origin}/traffic`, { method: 'POST', body: JSON.stringify({ next, share }) })).text();
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are as free as queries.
  readonly data: any;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly retryable?: boolean } }[];
}

async function send(query: string, release?: ReleaseName): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(release && { 'x-release': release }) };
  const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return (await response.json()) as Answer;
}

/** As clients do, tries again what may be tried again, and nothing else. */
async function graphql(query: string, release?: ReleaseName): Promise<Answer['data']> {
  for (let attempt = 0; ; attempt++) {
    const { data, errors } = await send(query, release);
    if (errors === undefined) return data;
    expect(errors.every(({ extensions }) => extensions.retryable)).toBe(true);
    expect(attempt, JSON.stringify(errors)).toBeLessThan(10);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const written: string[] = [];

async function writeAndRead(stage: string): Promise<void> {
  for (let at = 0; at < 2; at++) {
    const id = `${stage}-${at}`;
    const tenant = `t${written.length % 4}`;
    await graphql(
      `mutation { createItem(data: { tenant: "${tenant}", id: "${id}", name: "${id}", price: ${at} }) { id } }`,
    );
    written.push(id);
    const { items } = await graphql('{ items(first: 100) { nodes { id } } }');
    expect(items.nodes.map((item: { readonly id: string }) => item.id).toSorted()).toEqual(written.toSorted());
  }
}

const of = (release: ReleaseName) => ({ headers: { 'x-release': release } });

async function statesOf(release: ReleaseName): Promise<readonly string[]> {
  const response = await fetch(`${origin}/migrations`, of(release));
  const { shards } = (await response.json()) as FleetMigrationReport;
  return shards.map(({ state }) => state);
}

async function migrate(release: ReleaseName): Promise<void> {
  await (await fetch(`${origin}/migrations/run`, { method: 'POST', ...of(release) })).text();
}

it('every request is answered, and no row is lost, while a release that only adds is rolled out and back', async () => {
  await writeAndRead('alone');
  await deployStorage('after');
  await migrate('after');
  expect(await statesOf('after')).toEqual(['UP_TO_DATE', 'UP_TO_DATE']);
  for (const share of [0, 0.5, 1, 0]) {
    await moveTraffic(share, 'after');
    await writeAndRead(`at ${share}, ${written.length}`);
  }
  const change = (data: string) =>
    `mutation { updateItem(by: { id: "alone-1" }, shardKey: "t1", data: ${data}) { id } }`;
  await graphql(change('{ note: "new", stock: 3 }'), 'after');
  await deployStorage('before');
  const { errors = [] } = await send('{ items { nodes { note } } }', 'after');
  expect(errors.map(({ extensions }) => extensions)).toMatchObject([{ code: 'SHARD_UNAVAILABLE', retryable: true }]);
  await writeAndRead('rolled back');
  await graphql(change('{ price: 9 }'));
});

it('after that, a rebuild in steps goes on after Ctrl+C, while the release before serves; the next run ends it', async () => {
  const rows = Array.from(
    { length: 500 },
    (_, at) => `{ tenant: "t0", id: "many-${at}", name: "many-${at}", price: 1 }`,
  );
  await graphql(`mutation { createItems(data: [${rows}]) { affectedCount } }`);
  await moveTraffic(1, 'rebuilt');
  const interrupted = await place.run(['migrate', 'run', '--url', `${origin}/graphql`], (child) => {
    child.stderr!.on('data', (line) => /rows copied/.test(String(line)) && child.kill('SIGINT'));
  });
  expect(interrupted).toMatchObject({ code: 130, stdout: '', stderr: expect.stringContaining('go on by themselves') });
  await moveTraffic(0, 'rebuilt');
  expect(await statesOf('rebuilt')).toContain('COPYING');
  await graphql('mutation { createItem(data: { tenant: "t0", id: "copied", name: "copied", price: 1 }) { id } }');
  await expect.poll(() => statesOf('rebuilt'), { timeout: 60_000, interval: 250 }).toEqual(['PENDING', 'PENDING']);
  await deployStorage('rebuilt');
  await migrate('rebuilt');
  expect(await statesOf('rebuilt')).toEqual(['UP_TO_DATE', 'UP_TO_DATE']);
  await moveTraffic(1, 'rebuilt');
  const { items } = await graphql('{ items { totalCount } }');
  expect(items.totalCount).toBe(written.length + rows.length + 1);
  // What either release has written of it.
  const { item } = await graphql('{ item(by: { id: "alone-1" }, shardKey: "t1") { price note stock } }');
  expect(item).toEqual({ price: 9, note: 'new', stock: 3 });
});
