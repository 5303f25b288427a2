/** What the operation ids of callers with rules tell: where the rows of their own commit live, and its version, which the rows show. */
import { beforeAll, expect, it } from 'vitest';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { startAccessLab } from '../support/access/access-lab.ts';
import { accessRows, asHeader } from '../support/access/rows.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { createRandom, seedOfRun } from '../support/random.ts';

const OWNER = asHeader({ role: 'owner', claims: { shardKey: 's0', personId: 'p0' } });
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let worker: LabWorker;
beforeAll(async () => {
  worker = await startAccessLab(accessRows(createRandom(seedOfRun())), 3);
});

it('are made of an id of their own, the shard of the caller’s shard key and the version of the rows', async () => {
  const ids: string[] = [];
  for (const id of ['a', 'b']) {
    const { data, extensions } = await worker.graphql(
      `mutation { createTag(data: { id: "${id}", label: "${id}" }) { version } }`,
      {},
      OWNER,
    );
    const [{ operationId }] = extensions.operations as [{ readonly operationId: string }];
    const [origin, commit] = operationId.split('@') as [string, string];
    expect(origin).toMatch(UUID);
    expect(commit).toBe(`${worker.shardNames[worker.shardOf('t:s0' as ShardKey)]}.${data.createTag.version}`);
    ids.push(origin);
    // What others do in between shows in neither.
    await worker.graphql('mutation { updateSpace(by: { id: "s0" }, data: { budget: 7 }) { id } }');
  }
  expect(new Set(ids).size).toBe(2);
});

it('are of no use to callers with rules: operators alone undo', async () => {
  const response = await worker.fetch('/operator', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...OWNER },
    body: JSON.stringify({ query: 'mutation { undo(operationId: "x") { operationId } }' }),
  });
  expect(response.status).toBe(403);
});
