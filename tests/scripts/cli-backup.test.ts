import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBackup } from '../../scripts/cli/backup/make-backup.ts';
import { requireManifest } from '../../scripts/cli/backup/manifest.ts';
import { restoreBackup } from '../../scripts/cli/backup/restore-backup.ts';
import { verifyBackup } from '../../scripts/cli/backup/verify-backup.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { startWorld } from '../support/queries/start-world.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
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

describe('a backup', () => {
  it('is restored into an installation with other shards, and equals it by content', async () => {
    const folder = dir('restored');
    await makeBackup(folder, of(shop));
    const empty = await startServer({ shards: 5 });
    try {
      const restored = await place.run(['backup', 'restore', folder, '--url', empty.origin, '--json']);
      expect([restored.code, restored.stderr]).toEqual([0, '']);
      expect(JSON.parse(restored.stdout)).toMatchObject({ ok: true, problems: [] });
      await expect(restoreBackup(folder, of(empty))).rejects.toThrow(/Expected an API without rows, but got one with/);
      expect((await restoreBackup(folder, { ...of(empty), resume: true })).problems).toEqual([]);
      await empty.graphql(
        'mutation { createTenant(data: { id: "extra", name: "T", plan: FREE, settings: {} }) { id } }',
      );
      expect((await restoreBackup(folder, { ...of(empty), resume: true })).problems).toEqual([
        expect.stringMatching(/^tenants: expected 8 rows as in the backup, but got 9/),
      ]);
    } finally {
      await empty.stop();
    }
  });

  it('that is damaged, or was not finished, is told', async () => {
    const folder = dir('damaged');
    const { manifest } = await makeBackup(folder, of(shop));
    const path = join(folder, manifest.shards[0]!.file);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.with(bytes.length - 100, bytes.at(-100)! ^ 1));
    const verdict = await place.run(['backup', 'verify', folder]);
    expect(verdict.code).toBe(1);
    expect(verdict.stdout).toMatch(/^shard-0-\d+\.sqlite: its checksum differs from the manifest's$/m);
    await expect(restoreBackup(folder, of(shop))).rejects.toThrow(/Expected a sound backup/);
    rmSync(join(folder, 'manifest.json'));
    writeFileSync(join(folder, 'shard-9-1.sqlite.part'), 'cut off');
    const unfinished = await place.run(['backup', 'verify', folder]);
    expect([unfinished.code, unfinished.stderr]).toEqual([
      2,
      expect.stringMatching(/Expected manifest.json .* was not finished/),
    ]);
    await makeBackup(folder, of(shop));
    expect((await verifyBackup(folder)).problems).toEqual([]);
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('takes no other installation for the one before, and no other folder for its own', async () => {
    const folder = dir('other');
    const { manifest } = await makeBackup(folder, of(shop));
    const other = await startServer({ shards: 3 });
    try {
      await expect(makeBackup(folder, of(other))).rejects.toThrow(
        /Expected the installation of which the backup before is/,
      );
      await other.graphql('mutation { createTenant(data: { id: "t", name: "T", plan: FREE, settings: {} }) { id } }');
      await expect(makeBackup(folder, of(other))).rejects.toThrow(
        /Expected the installation of which the backup before is/,
      );
    } finally {
      await other.stop();
    }
    expect(requireManifest(folder)).toEqual(manifest);
    place.write('mine/notes.txt', 'mine');
    await expect(makeBackup(dir('mine'), of(shop))).rejects.toThrow(
      /Expected a folder that is empty or has a backup, but found notes.txt/,
    );
    expect(readdirSync(dir('mine'))).toEqual(['notes.txt']);
    expect(statSync(join(folder, manifest.shards[0]!.file)).mode & 0o077).toBe(0);
  });

  it('that is killed leaves the one before', async () => {
    const folder = dir('killed');
    const { manifest: before } = await makeBackup(folder, of(shop));
    const killed = await place.run(['backup', folder, '--full', '--url', shop.origin], (child) => {
      child.stderr!.on('data', () => child.kill('SIGKILL'));
    });
    expect(killed.code).not.toBe(0);
    expect(requireManifest(folder)).toEqual(before);
    expect((await verifyBackup(folder)).problems).toEqual([]);
  });

  it('keeps every kind of value exactly, over any number of shards', async () => {
    const rows = allTypesWorld(createRandom(seed));
    const world = await startWorld(rows, new Oracle(rows), 2);
    const empty = await startServer({ shards: 3, config: 'tests/e2e/all-types-worker/wrangler.toml' });
    try {
      const { manifest } = await makeBackup(dir('all-types'), of(world.server));
      expect(manifest.tables.every(({ rows }) => rows > 0)).toBe(true);
      expect((await restoreBackup(dir('all-types'), of(empty))).problems).toEqual([]);
    } finally {
      await Promise.all([world.server.stop(), empty.stop()]);
    }
  });
});
