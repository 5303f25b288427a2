/**
 * Messages that cannot be consumed, through the real queue: repeated, then moved to the dead-letter queue, whose consumer keeps
 * them until they are replayed. How such messages come about and are told apart is `tests/faults/f05-f11-poison.test.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../scripts/run-cli.ts';
import { type Server, startServer } from '../support/server.ts';

const config = 'tests/e2e/dead-letters-worker/wrangler.toml';
const data = mkdtempSync(join(tmpdir(), 'shardql-dead-letters-'));
const place = new Workplace();
let server: Server;
beforeAll(async () => {
  server = await startServer({ config, data, shards: 1, env: { SHARDQL_AUDIT_SHARE: '0' } });
});
afterAll(async () => {
  await server?.stop();
  place.remove();
  rmSync(data, { recursive: true, force: true });
});

const CREATE = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id } }';
const READ = 'query ($id: ID!) @consistency(mode: CACHED) { tenant(by: { id: $id }) { name } }';
const RENAME = 'mutation ($id: ID!, $name: String!) { updateTenant(by: { id: $id }, data: { name: $name }) { id } }';

/** For so long memory does not look again: see `CacheSettings`. In milliseconds. */
const RECHECK_MS = 2_100;

interface Letter {
  readonly id: string;
  readonly reason: string;
  readonly body: string;
}

const post = (path: string, body = '') => fetch(`${server.origin}${path}`, { method: 'POST', body });
const shardql = (...args: string[]) => place.run(['dead-letters', ...args, '--url', server.origin]);
const letters = async (): Promise<readonly Letter[]> =>
  JSON.parse((await shardql('--json')).stdout).deadLetters.toSorted((a: Letter, b: Letter) =>
    a.reason < b.reason ? -1 : 1,
  );

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Number of shard keys with changes that are not published. */
async function unpublished(): Promise<number> {
  const { shards } = (await (await fetch(`${server.origin}/status?live=1`)).json()) as {
    shards: { figures: { unpublishedKeys: number } }[];
  };
  return shards.reduce((sum, { figures }) => sum + figures.unpublishedKeys, 0);
}

describe('messages that cannot be consumed', () => {
  it('end among the dead letters after their retries: of an unknown format, and of a shard that cannot publish', async () => {
    await server.graphql(CREATE, { data: { id: 'dead', name: 'Old', plan: 'FREE', settings: {} } });
    await server.graphql(READ, { id: 'dead' });
    await new Promise((resolve) => setTimeout(resolve, RECHECK_MS));
    // The shard is asked again, for KV: from now on changes are published.
    await server.graphql(READ, { id: 'dead' });
    await eventually(async () => (await unpublished()) === 0);
    await post('/test/break');
    await server.graphql(RENAME, { id: 'dead', name: 'New' });
    await post('/test/send', '{"v":99,"of":"another release"}');
    await eventually(async () => (await letters()).length === 2);
    expect(await letters()).toMatchObject([
      { reason: 'NOT_PUBLISHED', body: expect.stringContaining('"shardKeys":["t:dead"]') },
      { reason: 'UNKNOWN_FORMAT', body: '{"v":99,"of":"another release"}' },
    ]);
  });

  it('are shown with an exit code of 1', async () => {
    const { code, stdout } = await shardql();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}UNKNOWN_FORMAT {2}\S+ {2}\{"v":99,"of":"another release"\}$/m);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z {2}NOT_PUBLISHED {2}\S+ {2}\{.*"t:dead".*\}$/m);
  });

  it('are kept where their replay is in vain', async () => {
    expect(await shardql('--replay')).toMatchObject({ code: 1, stdout: '0 replayed, 2 kept\n' });
    expect(await letters()).toHaveLength(2);
  });

  it('are gone once their replay succeeds, which publishes what they were sent for', async () => {
    await post('/test/mend');
    expect(await shardql('--replay')).toMatchObject({ code: 1, stdout: '1 replayed, 1 kept\n' });
    // The shard's own alarm would take 20 s.
    expect(await unpublished()).toBe(0);
    expect((await letters()).map(({ reason }) => reason)).toEqual(['UNKNOWN_FORMAT']);
    expect((await server.graphql(READ, { id: 'dead' })).data.tenant.name).toBe('New');
  });

  it('are kept over a restart', async () => {
    const before = await letters();
    await server.stop();
    server = await startServer({ config, data, env: { SHARDQL_AUDIT_SHARE: '0' } });
    expect(await letters()).toEqual(before);
  });

  it('are discarded by their ids, all of which are there', async () => {
    const [{ id }] = (await letters()) as [Letter];
    const unknown = await shardql('--discard', id, 'none');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('NOT_FOUND: Expected ids of dead') });
    expect(await letters()).toHaveLength(1);
    expect(await shardql('--discard', id)).toMatchObject({ code: 0, stdout: '1 discarded\n' });
    expect(await letters()).toEqual([]);
  });
});
