import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    expect(verdict.stdout).toMatch(/^shard-0-\d+\.sqlite: its bytes are others than those that were written$/m);
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
