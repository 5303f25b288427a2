import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeBackup } from '../../scripts/cli/backup/make-backup.ts';
import { type Manifest, parseManifest } from '../../scripts/cli/backup/manifest.ts';
import { restoreBackup } from '../../scripts/cli/backup/restore-backup.ts';
import { FolderStore } from '../../scripts/cli/backup/store/folder-store.ts';
import { verifyBackup } from '../../scripts/cli/backup/verify-backup.ts';
import { postGraphQL } from '../support/graphql.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { startWorld } from '../support/queries/start-world.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { R2Server } from '../support/r2/r2-server.ts';
import { createRandom, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const seed = seedOfRun();

let place: Workplace;
let shop: Server;
beforeAll(async () => {
  place = new Workplace();
  shop = await startServer({ shards: 3, demo: true });
});
afterAll(async () => {
  await shop?.stop();
  place.remove();
});

const of = (server: Server) => ({ url: server.origin, note: () => {}, full: false, resume: false });
const dir = (name: string) => join(place.folder, name);
const manifestIn = (folder: string): Manifest =>
  parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'), folder);

describe('a backup', () => {
  it('is restored into an installation with other shards, and equals it by content', async () => {
    const folder = dir('restored');
    const { manifest } = await makeBackup(new FolderStore(folder), of(shop));
    const { data } = await postGraphQL(
      `${shop.origin}/operator`,
      '{ backups(first: 1) { place version rowCount contentHash } }',
    );
    const { version, contentHash, tables } = manifest;
    const rowCount = tables.reduce((sum, { rows }) => sum + rows, 0);
    expect(data.backups).toEqual([{ place: folder, version: String(version), rowCount, contentHash }]);
    const empty = await startServer({ shards: 5 });
    try {
      const restored = await place.run(['backup', 'restore', folder, '--url', empty.origin, '--json']);
      expect([restored.code, restored.stderr]).toEqual([0, '']);
      expect(JSON.parse(restored.stdout)).toMatchObject({ ok: true, problems: [] });
      await expect(restoreBackup(new FolderStore(folder), of(empty))).rejects.toThrow(
        /Expected an API without rows, but got one with/,
      );
      expect((await restoreBackup(new FolderStore(folder), { ...of(empty), resume: true })).problems).toEqual([]);
      await empty.graphql('mutation { updateTenant(by: { id: "t1" }, data: { name: "Other" }) { id } }');
      await empty.graphql(
        'mutation { deleteReviews(where: { rating: { gte: 1 } }, shardKey: "t1", atMost: 1000) { affectedCount } }',
      );
      expect((await restoreBackup(new FolderStore(folder), { ...of(empty), resume: true })).problems).toEqual([]);
      await empty.graphql(
        'mutation { createTenant(data: { id: "extra", name: "T", plan: FREE, settings: {} }) { id } }',
      );
      await expect(restoreBackup(new FolderStore(folder), { ...of(empty), resume: true })).rejects.toThrow(
        /Expected an API with rows of the backup alone, but got 9 of Tenant, of which the backup has 8/,
      );
    } finally {
      await empty.stop();
    }
  });

  it('is made, brought up to date, verified and restored in R2 too', async () => {
    const r2 = await new R2Server().start();
    const empty = await startServer({ shards: 2 });
    try {
      const run = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await place.run([...args, '--json'], undefined, r2.env);
        expect([code, stderr]).toEqual([0, '']);
        return JSON.parse(stdout);
      };
      const first = await run('backup', 'r2://backups/a/b', '--url', shop.origin);
      await shop.graphql(
        'mutation { createTenant(data: { id: "second", name: "T", plan: FREE, settings: {} }) { id } }',
      );
      const second = await run('backup', 'r2://backups/a/b', '--url', shop.origin);
      expect([first.basedOn, first.because]).toEqual([null, 'there is no backup before']);
      expect([second.basedOn, second.because]).toEqual([first.version, null]);
      expect(second.contentHash).not.toBe(first.contentHash);
      expect(r2.keys()).toEqual(
        ['manifest.json', ...second.shards.map(({ file }: { file: string }) => file)].map((name) => `a/b/${name}`),
      );
      expect(await run('backup', 'verify', 'r2://backups/a/b')).toMatchObject({ ok: true });
      const restored = await run('backup', 'restore', 'r2://backups/a/b', '--url', empty.origin);
      expect(restored).toMatchObject({ ok: true, contentHash: second.contentHash });
    } finally {
      await Promise.all([empty.stop(), r2.stop()]);
    }
  });

  it('whose file is damaged or missing is mended by the next one', async () => {
    const folder = dir('mended');
    const { manifest } = await makeBackup(new FolderStore(folder), of(shop));
    const [first, second] = manifest.shards;
    writeFileSync(join(folder, first!.file), 'no database');
    rmSync(join(folder, second!.file));
    const notes: string[] = [];
    const note = (message: string) => void notes.push(message);
    const mended = await makeBackup(new FolderStore(folder), { ...of(shop), note });
    expect(mended.basedOn).toBe(manifest.version);
    expect(notes.filter((line) => line.includes('damaged'))).toHaveLength(2);
    expect(mended.manifest.contentHash).toBe(manifest.contentHash);
    expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
  });

  it('leaves the file of a shard as it was that has had no commit since', async () => {
    const folder = dir('unchanged');
    const { manifest } = await makeBackup(new FolderStore(folder), of(shop));
    const { errors } = await shop.graphql(
      'mutation { createTenant(data: { id: "later", name: "T", plan: FREE, settings: {} }) { id } }',
    );
    expect(errors).toEqual([]);
    const { manifest: next, basedOn } = await makeBackup(new FolderStore(folder), of(shop));
    expect(basedOn).toBe(manifest.version);
    const changed = next.shards.filter(({ sha256 }, at) => sha256 !== manifest.shards[at]!.sha256);
    expect(changed).toHaveLength(1);
    expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
  });

  it('is not made where a command was misspelt', async () => {
    const { code, stderr } = await place.run(['backup', 'verfy', '--url', shop.origin]);
    expect([code, stderr]).toEqual([
      2,
      'Expected a place, but got "verfy". Did you mean backup verify? A folder of that name is ./verfy.\n',
    ]);
    expect((await place.run(['backup', 'verfy', 'daily', '--url', shop.origin])).stderr).toMatch(
      /Did you mean backup verify/,
    );
    expect((await place.run(['backup', 'daily', 'x'])).stderr).toMatch(/Expected one place, but got 2: daily, x/);
    expect(readdirSync(place.folder)).not.toContain('verfy');
  });

  it('that is damaged, or was not finished, is told', async () => {
    const folder = dir('damaged');
    const { manifest } = await makeBackup(new FolderStore(folder), of(shop));
    const path = join(folder, manifest.shards[0]!.file);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.with(bytes.length - 100, bytes.at(-100)! ^ 1));
    const verdict = await place.run(['backup', 'verify', folder]);
    expect(verdict.code).toBe(1);
    expect(verdict.stdout).toMatch(/^shard-0-\d+-\w+\.sqlite: its checksum differs from the manifest's$/m);
    const resumed = restoreBackup(new FolderStore(folder), { ...of(shop), resume: true });
    await expect(resumed).rejects.toThrow(/Expected a sound backup/);
    rmSync(join(folder, 'manifest.json'));
    writeFileSync(join(folder, 'shard-9-1-0123abcd.sqlite.part'), 'cut off');
    const unfinished = await place.run(['backup', 'verify', folder]);
    expect([unfinished.code, unfinished.stderr]).toEqual([
      2,
      expect.stringMatching(/Expected manifest.json .* was not finished/),
    ]);
    await makeBackup(new FolderStore(folder), of(shop));
    expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(5);
  });

  it('takes no other installation for the one before, and no other folder for its own', async () => {
    const folder = dir('other');
    const { manifest } = await makeBackup(new FolderStore(folder), of(shop));
    const other = await startServer({ shards: 3 });
    try {
      await expect(makeBackup(new FolderStore(folder), of(other))).rejects.toThrow(
        /Expected the installation of which the backup of .* is, but got another one/,
      );
      await other.graphql('mutation { createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id } }');
      await expect(makeBackup(new FolderStore(folder), of(other))).rejects.toThrow(
        /Expected the installation of which the backup of .* is, but got another one/,
      );
    } finally {
      await other.stop();
    }
    expect(manifestIn(folder)).toEqual(manifest);
    place.write('mine/notes.txt', 'mine');
    await expect(makeBackup(new FolderStore(dir('mine')), of(shop))).rejects.toThrow(
      /Expected a folder that is empty or has a backup, but found notes.txt/,
    );
    expect(readdirSync(dir('mine'))).toEqual(['notes.txt']);
    expect(statSync(join(folder, manifest.shards[0]!.file)).mode & 0o077).toBe(0);
  });

  it('that is killed leaves the one before', async () => {
    const folder = dir('killed');
    const { manifest: before } = await makeBackup(new FolderStore(folder), of(shop));
    const killed = await place.run(['backup', folder, '--full', '--url', shop.origin], (child) => {
      child.stderr!.on('data', () => child.kill('SIGKILL'));
    });
    expect(killed.code).not.toBe(0);
    expect(manifestIn(folder)).toEqual(before);
    expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
  });

  it('is restored though the API is gone for some seconds at the end, and otherwise says how to go on', async () => {
    const folder = dir('cut-off');
    await makeBackup(new FolderStore(folder), of(shop));
    const empty = await startServer({ shards: 2 });
    let goneUntilMs = 0;
    let imports = 0;
    let isGone = ({ url }: IncomingMessage) => {
      if (url!.startsWith('/backup/start') && goneUntilMs === 0) goneUntilMs = Date.now() + 7_000;
      return Date.now() < goneUntilMs;
    };
    const proxy = createServer(async (request, response) => {
      if (isGone(request)) return void request.destroy();
      const { method, url, headers } = request;
      const body = method === 'POST' ? Buffer.concat(await request.toArray()) : null;
      const type = headers['content-type'];
      const answer = await fetch(`${empty.origin}${url}`, {
        method: method!,
        body,
        headers: type ? { 'content-type': type } : {},
      });
      response.writeHead(
        answer.status,
        Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('x-'))),
      );
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      const restored = await restoreBackup(new FolderStore(folder), { ...of(empty), url });
      expect(restored.problems).toEqual([]);
      expect(goneUntilMs).toBeGreaterThan(0);
      isGone = ({ method, url }) => method === 'POST' && url!.startsWith('/import') && ++imports > 1;
      vi.spyOn(Date, 'now').mockImplementation(() => performance.now() * 100);
      const again = restoreBackup(new FolderStore(folder), { ...of(empty), url, resume: true });
      await expect(again).rejects.toThrow(/^Cannot reach .* Rows that were sent are there: go on with --resume\.$/);
    } finally {
      vi.restoreAllMocks();
      proxy.close();
      await empty.stop();
    }
  });

  it('keeps every kind of value exactly, over any number of shards', async () => {
    const rows = allTypesWorld(createRandom(seed));
    const world = await startWorld(rows, new Oracle(rows), 2);
    const empty = await startServer({ shards: 3, config: 'tests/e2e/all-types-worker/wrangler.toml' });
    try {
      const { manifest } = await makeBackup(new FolderStore(dir('all-types')), of(world.server));
      expect(manifest.tables.every(({ rows }) => rows > 0)).toBe(true);
      expect((await restoreBackup(new FolderStore(dir('all-types')), of(empty))).problems).toEqual([]);
    } finally {
      await Promise.all([world.server.stop(), empty.stop()]);
    }
  });
});
