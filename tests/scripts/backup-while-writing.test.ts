import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBackup } from '../../scripts/cli/backup/make-backup.ts';
import type { Manifest } from '../../scripts/cli/backup/manifest.ts';
import { FolderStore } from '../../scripts/cli/backup/store/folder-store.ts';
import { verifyBackup } from '../../scripts/cli/backup/verify-backup.ts';
import { parseOperationId } from '../../src/shards/operation-id.ts';
import { below, createRandom, pick, type Random, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const seed = seedOfRun();
const BACKUPS = Number(process.env.ROUNDS ?? 3);

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

const options = (full = false) => ({ url: shop.origin, note: () => {}, full });

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

const customersIn = (folder: string, { shards }: Manifest): Map<string, string> =>
  new Map(
    shards.flatMap(({ file }) => {
      const database = new DatabaseSync(join(folder, file), { readOnly: true });
      const rows = database.prepare("SELECT id, name FROM customers WHERE id LIKE 'w%'").all() as {
        id: string;
        name: string;
      }[];
      database.close();
      return rows.map(({ id, name }) => [id, name] as const);
    }),
  );

/** Starts a backup by the command line, and kills it at any moment: the one before is as it was. */
async function killOne(folder: string, random: Random): Promise<void> {
  const full = below(random, 2) === 0 ? ['--full'] : [];
  const afterMs = below(random, 3_000);
  await place.run(['backup', folder, '--url', shop.origin, ...full], (child) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
    child.once('exit', () => clearTimeout(timer));
  });
  expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
}

it(`backups are of one moment, over all shards, whatever is written meanwhile and whenever one before was killed, and copy what was changed since (${BACKUPS} backups, SEED=${seed})`, async () => {
  const folder = join(place.folder, 'live');
  const [history, random] = [new History(), createRandom(seed)];
  for (let round = 1; round <= BACKUPS; round++) {
    let isOver = false;
    const writing = writeMeanwhile(history, random, () => isOver);
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (round > 1) await killOne(folder, random);
    const { manifest, basedOn } = await makeBackup(new FolderStore(folder), options());
    isOver = true;
    const writes = await writing;
    expect(writes).toBeGreaterThan(5);
    expect(basedOn === null).toBe(round === 1);
    const expected = history.at(manifest.version);
    expect(customersIn(folder, manifest)).toEqual(expected);
    expect((await verifyBackup(new FolderStore(folder))).problems).toEqual([]);
  }
  // What was changed since, and all rows, lead to the same.
  const changed = await makeBackup(new FolderStore(folder), options());
  const whole = await makeBackup(new FolderStore(join(place.folder, 'whole')), options());
  expect(changed.basedOn).not.toBeNull();
  expect(changed.manifest.contentHash).toBe(whole.manifest.contentHash);
  expect(readdirSync(folder)).toHaveLength(5);
});
