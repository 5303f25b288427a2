/**
 * F33: the whole server, Node and workerd, is killed at random moments while clients write. After each start on the
 * same data every acknowledged write is there, each write of a doubtful fate is there once or not at all, and the
 * shards report themselves sound.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { below, createRandom, seedOfRun } from '../support/random.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 2);
const WRITERS = 8;

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-kill-'));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

/** The process and all its descendants: workerd must not live on to finish what Node was asked for. */
function killTree(server: ServerProcess): Promise<void> {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const doomed = [server.process.pid!];
  for (const pid of doomed) doomed.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  const ended = new Promise<void>((resolve) => server.process.once('exit', () => resolve()));
  for (const pid of doomed) process.kill(pid, 'SIGKILL');
  return ended;
}

const CREATE = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id } }';
const RENAME = `mutation ($id: ID!, $name: String!) {
  updateTenant(by: { id: $id }, data: { name: $name }) { name }
}`;
const READ = `query ($ids: [ID!]!) {
  tenants(where: { id: { in: $ids } }, first: 100) { totalCount nodes { id name } }
}`;

it(
  `keeps every acknowledged write through ${ROUNDS} kills (SEED=${seed})`,
  async () => {
    /** Last acknowledged name of each tenant, and a newer one whose fate is unknown. */
    const acknowledged = new Map<string, string>();
    const doubtful = new Map<string, string>();
    let next = 0;

    for (let round = 0; round < ROUNDS; round++) {
      const running = await startProcess({ data, shards: 4 });
      server = running;
      let alive = true;
      const writer = async () => {
        while (alive) {
          const id = `t${next++}`;
          for (const name of ['first', 'second']) {
            doubtful.set(id, name);
            const answer = await (name === 'first'
              ? running.graphql(CREATE, { data: { id, name, plan: 'FREE', settings: {} } })
              : running.graphql(RENAME, { id, name })
            ).catch(() => null);
            if (answer === null) return;
            expect(answer.errors).toEqual([]);
            acknowledged.set(id, name);
            doubtful.delete(id);
          }
        }
      };
      const writers = Array.from({ length: WRITERS }, writer);
      await new Promise((resolve) => setTimeout(resolve, 200 + below(random, 1_000)));
      await killTree(running);
      alive = false;
      await Promise.all(writers);

      server = await startProcess({ data, shards: 4 });
      expect(acknowledged.size).toBeGreaterThan(0);
      const ids = [...new Set([...acknowledged.keys(), ...doubtful.keys()])];
      const found = new Map<string, string>();
      for (let start = 0; start < ids.length; start += 100) {
        const answer = await server.graphql(READ, { ids: ids.slice(start, start + 100) });
        expect(answer.errors).toEqual([]);
        for (const { id, name } of answer.data.tenants.nodes) found.set(id, name);
      }
      const lost = [...acknowledged].filter(
        ([id, name]) => found.get(id) !== name && found.get(id) !== doubtful.get(id),
      );
      expect(lost).toEqual([]);
      // What was found now is what must be there from now on.
      for (const id of ids) {
        const name = found.get(id);
        if (name !== undefined) acknowledged.set(id, name);
      }
      doubtful.clear();
      const total = await server.graphql('{ tenants { totalCount } }');
      expect(total.data.tenants.totalCount).toBe(found.size);
      await server.stop();
      server = undefined;
      expect(unsoundDatabases(data)).toEqual([]);
    }
    console.log(`${acknowledged.size} tenants written through ${ROUNDS} kills`);
  },
  ROUNDS * 60_000,
);

/** SQLite's own verdict on every database in the folder; empty if all are well. */
function unsoundDatabases(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sqlite'));
  expect(files.length).toBeGreaterThan(0);
  return files.filter((file) => {
    const database = new DatabaseSync(join(folder, file));
    try {
      const integrity = database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => Object.values(row)[0]);
      const orphans = database.prepare('PRAGMA foreign_key_check').all();
      return integrity.join() !== 'ok' || orphans.length > 0;
    } finally {
      database.close();
    }
  });
}
