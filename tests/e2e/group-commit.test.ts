/** Group commit, in the runtime: how often a shard's database becomes durable. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { walCommits } from '../support/sqlite/wal-commits.ts';

const WRITERS = 64;
const CREATE = `mutation ($id: ID!, $name: String!) {
  createTenant(data: { id: $id, name: $name, plan: FREE, settings: {} }) { id name }
}`;

let server: Server;

beforeAll(async () => {
  server = await startServer({ shards: 1 });
});
afterAll(() => server?.stop());

/** Of the only shard. */
const commits = (): number =>
  globSync(join(server.data, 'state/do/*-Shard/*.sqlite-wal'))
    .filter((path) => !path.includes('metadata'))
    .reduce((sum, path) => sum + walCommits(path), 0);

async function create(id: string): Promise<void> {
  const { data, errors } = await server.graphql(CREATE, { id, name: `Tenant ${id}` });
  expect(errors).toEqual([]);
  expect(data).toMatchObject({ createTenant: { id } });
}

describe('durable commits', () => {
  it('are one per write for a client that waits for each', async () => {
    await create('warm');
    const before = commits();
    for (let n = 0; n < 8; n++) await create(`alone-${n}`);
    expect(commits() - before).toBe(8);
  });

  it('are shared by writes that wait at the same time, and all of those are there', async () => {
    const before = commits();
    await Promise.all(Array.from({ length: WRITERS }, (_, n) => create(`together-${n}`)));
    const made = commits() - before;
    // Fewer than none: the log was begun again meanwhile.
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(WRITERS / 2);
    const { data } = await server.graphql('{ tenants(first: 100) { totalCount } }');
    expect(data).toEqual({ tenants: { totalCount: 1 + 8 + WRITERS } });
  });
});
