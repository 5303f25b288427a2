/**
 * F33, F42, F63: the runtime is killed at random moments of everything that a shard does: single and bulk writes, keyed ones, transactions,
 * imports, restores, backups, trims of the log into an archive, and migrations that rebuild a table and its full-text index. After each
 * start on the same data every acknowledged change is there, once, and the one that was under way is there as a whole or not at all;
 * what was interrupted goes on to its end; the past is what it was; SQLite finds nothing wrong with what the crash has left.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { migrateShards } from '../../scripts/start/migrate-shards.ts';
import { unsoundDatabases } from '../support/node/unsound-databases.ts';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';
import { type LaunchedServer, launchServer, type Server } from '../support/server.ts';
import { backUp, rowsOfBackup } from './crashes/backups.ts';
import { KINDS } from './crashes/change.ts';
import { operate, pause, restoresEnded, Tenant } from './crashes/tenant.ts';

const KILLS = Number(process.env.ROUNDS ?? 1);
const TENANTS = 6;
/** Share of the kills that come in the middle of a migration. */
const MIGRATIONS = 0.2;
/** A kill comes at the beginning of something, or up to so much later, in milliseconds. */
const KILL_WITHIN_MS = 40;
const PATIENCE_MS = 1_500;
/** Logs are trimmed of what is older: a retry may need it, or an answer that was cached. Half of a campaign's kills come later. */
const TRIMMED_AFTER_MS = 300_000;
const isCampaign = KILLS >= 100;

const seed = seedOfRun();
const random = createRandom(seed);
const folder = mkdtempSync(join(tmpdir(), 'shardql-crash-'));
const data = join(folder, 'data');
let server: LaunchedServer | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const tenants = Array.from({ length: TENANTS }, (_, at) => new Tenant(`tenant-${at}`, createRandom(seed + at + 1)));
let release = 0;
/** How many kills came in the middle of what. */
const interrupted = new Map<string, number>();
const count = (what: string) => interrupted.set(what, (interrupted.get(what) ?? 0) + 1);

const launch = async (): Promise<LaunchedServer> => {
  server = await launchServer({
    data,
    shards: 2,
    config: 'tests/e2e/crash-worker/wrangler.toml',
    env: { SHARDQL_TEST_RELEASE: String(release) },
  });
  return server;
};

/** SQLite judges a copy: to look at the databases themselves would do a part of what the next start has to do. */
async function kill(killed: LaunchedServer): Promise<void> {
  await killed.kill();
  server = undefined;
  const copy = join(folder, 'copy');
  cpSync(join(data, 'state'), copy, { recursive: true });
  expect(unsoundDatabases(copy)).toEqual([]);
  rmSync(copy, { recursive: true });
}

/** What was interrupted ends, and all is as it must be. */
async function settle(): Promise<LaunchedServer> {
  const running = await launch();
  await migrateShards(running.origin, () => {});
  await restoresEnded(running);
  for (const tenant of tenants) await tenant.settle(running, release);
  return running;
}

async function killAmidMigration(running: LaunchedServer): Promise<void> {
  await kill(running);
  release++;
  const migrating = await launch();
  let isOver = false;
  const migrated = migrateShards(migrating.origin, () => {}).then(
    () => !isOver,
    () => false,
  );
  await pause(below(random, 4 * KILL_WITHIN_MS));
  isOver = true;
  await kill(migrating);
  count((await migrated) ? 'after a migration' : 'migration');
}

async function killAmidChanges(running: LaunchedServer): Promise<void> {
  let begun: (what: string) => void = () => {};
  const awaited = pick(random, [...KINDS, 'backup']);
  const moment = new Promise<void>((resolve) => {
    begun = (what) => what === awaited && resolve();
  });
  let isOver = false;
  const writing = tenants.map((tenant) => tenant.write(running, release, (kind) => begun(kind)));
  const backingUp = backUp(
    join(folder, 'backup'),
    running,
    () => begun('backup'),
    () => isOver,
  );
  // What fails ends the wait, too.
  await Promise.race([moment, pause(PATIENCE_MS), Promise.all([...writing, backingUp])]);
  await pause(below(random, KILL_WITHIN_MS));
  isOver = true;
  await kill(running);
  for (const kind of await Promise.all(writing)) count(kind);
  if (await backingUp) count('backup');
}

/** How large the log of each shard is, and since when rows can be taken back by it; null: since ever. */
async function logsOf(running: Server): Promise<{ logBytes: number; restorableSince: string | null }[]> {
  const { data: found, errors } = await operate(running, '{ shards { logBytes restorableSince } }');
  expect(errors).toEqual([]);
  return found.shards;
}

it(
  `everything that shards do survives ${KILLS} kills (SEED=${seed})`,
  async () => {
    const beganAtMs = Date.now();
    for (let round = 0; round < KILLS; round++) {
      if (isCampaign && round === Math.floor(KILLS / 2)) {
        await pause(Math.max(0, beganAtMs + TRIMMED_AFTER_MS - Date.now()));
      }
      const running = await settle();
      if (random() < MIGRATIONS) await killAmidMigration(running);
      else await killAmidChanges(running);
    }
    const running = await settle();
    const backedUp = await rowsOfBackup(join(folder, 'backup'), running);
    for (const { name, rows } of tenants) expect(backedUp.get(name)?.toText() ?? '[[],[]]', name).toBe(rows.toText());
    const logs = await logsOf(running);
    console.log(
      `under way at ${KILLS} kills: ${[...interrupted].map(([what, times]) => `${what} ${times}`).join(', ')}; ${JSON.stringify({ release, logs })}`,
    );
    if (!isCampaign) return;
    expect([...interrupted.keys()]).toEqual(expect.arrayContaining([...KINDS, 'backup', 'migration']));
    expect(logs.map(({ restorableSince }) => restorableSince)).not.toContain(null);
  },
  60_000 + KILLS * 60_000,
);
