/**
 * F33: the whole server, Node and workerd, is killed at random moments while clients write. After each start on the
 * same data every acknowledged write is there, each write of a doubtful fate is there once or not at all, and the
 * shards report themselves sound. Writes with an idempotency key are sent again, answered or not: each has one effect, and
 * one answer byte for byte.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { killTree } from '../support/node/kill-tree.ts';
import { unsoundDatabases } from '../support/node/unsound-databases.ts';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const WRITERS = 8;
/** They send each mutation twice at once. */
const KEYED_WRITERS = 4;
/** Changes of earlier rounds that are sent once more. */
const REPEATED = 20;

const seed = seedOfRun();
const random = createRandom(seed);
const data = mkdtempSync(join(tmpdir(), 'shardql-kill-'));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

const CREATE = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id } }';
const RENAME = `mutation ($id: ID!, $name: String!) {
  updateTenant(by: { id: $id }, data: { name: $name }) { name }
}`;
const CREATE_KEYED = `mutation ($key: String!) {
  createTenant(data: { name: $key, plan: FREE, settings: {} }) @idempotent(key: $key) { id version createdAt }
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
    /** What each key was answered, as text; null: its answers were lost. */
    const answerByKey = new Map<string, string | null>();
    let next = 0;

    /** False: the answer was lost. */
    const sendKeyed = async (to: ServerProcess, key: string): Promise<boolean> => {
      const answer = await to.graphql(CREATE_KEYED, { key }).catch(() => null);
      if (answer === null) return false;
      expect(answer.errors).toEqual([]);
      const text = JSON.stringify([answer.data, answer.extensions.operations]);
      expect(answerByKey.get(key) ?? text).toBe(text);
      answerByKey.set(key, text);
      return true;
    };

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
      const keyedWriter = async () => {
        while (alive) {
          const key = `keyed-${next++}`;
          answerByKey.set(key, null);
          const answered = await Promise.all([sendKeyed(running, key), sendKeyed(running, key)]);
          if (answered.includes(false)) return;
        }
      };
      const writers = [
        ...Array.from({ length: WRITERS }, writer),
        ...Array.from({ length: KEYED_WRITERS }, keyedWriter),
      ];
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
      const keys = [...answerByKey.keys()];
      const lostKeys = keys.filter((key) => answerByKey.get(key) === null);
      const others = Array.from({ length: REPEATED }, () => pick(random, keys));
      for (const key of [...lostKeys, ...others]) expect(await sendKeyed(server, key)).toBe(true);
      const total = await server.graphql('{ tenants { totalCount } }');
      expect(total.data.tenants.totalCount).toBe(found.size + answerByKey.size);
      await server.stop();
      server = undefined;
      expect(unsoundDatabases(data)).toEqual([]);
    }
    console.log(`${acknowledged.size} tenants, and ${answerByKey.size} with a key, written through ${ROUNDS} kills`);
  },
  ROUNDS * 60_000,
);
