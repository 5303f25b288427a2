import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBackup } from '../../scripts/cli/backup/make-backup.ts';
import { requireManifest } from '../../scripts/cli/backup/manifest.ts';
import { restoreBackup } from '../../scripts/cli/backup/restore-backup.ts';
import { verifyBackup } from '../../scripts/cli/backup/verify-backup.ts';
import { parseOperationId } from '../../src/shards/operation-id.ts';
import { Oracle } from '../support/queries/oracle.ts';
import { startWorld } from '../support/queries/start-world.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { below, createRandom, pick, type Random, seedOfRun } from '../support/random.ts';
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

/** What customers are called, at each version of theirs; null: it is not there. */
class History {
  readonly #names = new Map<string, { readonly version: number; readonly name: string | null }[]>();

  add(id: string, version: string | number, name: string | null): void {
    this.#names.set(id, [...(this.#names.get(id) ?? []), { version: Number(version), name }]);
  }

  /** By id, of those that were written at all. */
  at(version: number): Map<string, string> {
    const names = [...this.#names].map(([id, states]) => [
      id,
      states.findLast((state) => state.version <= version)?.name,
    ]);
    return new Map(names.filter((entry): entry is [string, string] => entry[1] != null));
  }
}

/** Creates, renames and deletes customers of all tenants until it is told to stop. */
async function writeMeanwhile(history: History, random: Random, isOver: () => boolean): Promise<number> {
  const tenants = ((await shop.graphql('{ tenants { nodes { id } } }')).data!.tenants as { nodes: { id: string }[] })
    .nodes;
  const ask = async (query: string, variables: Record<string, unknown>) => {
    const { data, errors, extensions } = await shop.graphql(query, variables);
    expect(errors).toEqual([]);
    return { data: data as Record<string, { version: string }>, extensions };
  };
  const live = new Map<string, string>();
  let writes = 0;
  for (; !isOver(); writes++) {
    const name = `n${writes}`;
    const known = [...live];
    const [id, tenant] = known.length > 0 ? pick(random, known) : ['', ''];
    const kind = known.length < 5 ? 0 : below(random, 3);
    if (kind === 0) {
      const fresh = `w${crypto.randomUUID()}`;
      const { id: tenantId } = pick(random, tenants);
      const data = { id: fresh, tenantId, name, email: `${fresh}@example.com`, attributes: { at: 'x'.repeat(500) } };
      const made = await ask('mutation ($data: CustomerCreateInput!) { createCustomer(data: $data) { version } }', {
        data,
      });
      history.add(fresh, made.data.createCustomer!.version, name);
      live.set(fresh, tenantId);
    } else if (kind === 1) {
      const renamed = await ask(
        'mutation ($id: ID!, $tenant: ID!, $name: String!) { updateCustomer(by: { id: $id }, shardKey: $tenant, data: { name: $name }) { version } }',
        { id, tenant, name },
      );
      history.add(id, renamed.data.updateCustomer!.version, name);
    } else {
      const gone = await ask(
        'mutation ($id: ID!, $tenant: ID!) { deleteCustomer(by: { id: $id }, shardKey: $tenant) { version } }',
        { id, tenant },
      );
      const [{ operationId: operation }] = (gone.extensions as { operations: [{ operationId: string }] }).operations;
      history.add(id, parseOperationId(operation).commits[0]!.version, null);
      live.delete(id);
    }
  }
  return writes;
}

const customersIn = (folder: string): Map<string, string> =>
  new Map(
    requireManifest(folder).shards.flatMap(({ file }) => {
      const database = new DatabaseSync(join(folder, file), { readOnly: true });
      const rows = database.prepare("SELECT id, name FROM customers WHERE id LIKE 'w%'").all() as {
        id: string;
        name: string;
      }[];
      database.close();
      return rows.map(({ id, name }) => [id, name] as const);
    }),
  );

describe('a backup', () => {
  it('is of one moment, over all shards, whatever is written meanwhile; the next one copies what was changed since', async () => {
    const folder = dir('live');
    const [history, random] = [new History(), createRandom(seed)];
    for (const round of [1, 2, 3]) {
      let isOver = false;
      const writing = writeMeanwhile(history, random, () => isOver);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { manifest, basedOn } = await makeBackup(folder, of(shop));
      isOver = true;
      const writes = await writing;
      expect(writes).toBeGreaterThan(5);
      expect(basedOn === null).toBe(round === 1);
      const expected = history.at(manifest.version);
      expect(customersIn(folder)).toEqual(expected);
      expect((await verifyBackup(folder)).problems).toEqual([]);
    }
    // What was changed since, and all rows, lead to the same.
    const changed = await makeBackup(folder, of(shop));
    const whole = await makeBackup(dir('whole'), of(shop));
    expect(changed.basedOn).not.toBeNull();
    expect(changed.manifest.contentHash).toBe(whole.manifest.contentHash);
    expect(readdirSync(folder)).toHaveLength(4);
  });

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
