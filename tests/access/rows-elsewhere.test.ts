/**
 * Writes that name rows under another shard key. To conditions these are not there for a caller with one shard key, which is no failure;
 * what an upsert would create must not refer to any, be its row there or not.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { startAccessLab } from '../support/access/access-lab.ts';
import { accessRows, asHeader } from '../support/access/rows.ts';
import { storedRows } from '../support/access/stored-rows.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { createRandom, seedOfRun } from '../support/random.ts';

const OWNER = asHeader({ role: 'owner', claims: { shardKey: 's0', personId: 'p0' } });
const ADMIN = asHeader({ role: 'admin', claims: {} });
const NOTHING = { affectedCount: 0, nodes: [] };
const UPDATE = 'updateTags(where: { label: { ne: "" } }, data: { hidden: true }, shardKey: "s1", atMost: 100)';
const DELETE = 'deleteNotes(where: { text: { ne: "-" } }, shardKey: "s1", atMost: 100)';
const asOperation = (text: string): string => `{ ${text.replace('(', ': { ').replace(/\)$/, ' }')} }`;
const transaction = (...operations: readonly string[]): string =>
  `transaction(operations: [${operations.join(', ')}]) { results { affectedCount nodes { nodeId } } }`;

let worker: LabWorker;
beforeAll(async () => {
  worker = await startAccessLab(accessRows(createRandom(seedOfRun())), 3);
});

describe('bulk writes of rows under another shard key', () => {
  it.each([
    ['alone', `it: ${UPDATE} { affectedCount nodes { nodeId } }`, NOTHING],
    ['in a transaction', `it: ${transaction(asOperation(UPDATE))}`, { results: [NOTHING] }],
    ['several in one', `it: ${transaction(asOperation(UPDATE), asOperation(DELETE))}`, { results: [NOTHING, NOTHING] }],
  ])('find none %s', async (_, field, expected) => {
    const before = await storedRows(worker);
    const { data, errors } = await worker.graphql(`mutation { ${field} }`, {}, OWNER);
    expect([data?.it, errors]).toEqual([expected, []]);
    expect(await storedRows(worker)).toEqual(before);
  });

  it('find none beside an operation on rows that lie elsewhere, which decides', async () => {
    const named = '{ updateTag: { by: { id: "t0" }, data: { hidden: true }, shardKey: "s1" } }';
    const { errors } = await worker.graphql(`mutation { ${transaction(asOperation(UPDATE), named)} }`, {}, OWNER);
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['NOT_FOUND']);
  });
});

it.each([
  ['a row that is there', 'there'],
  ['a new row', 'new'],
])('an upsert of %s does not refer to rows under another shard key', async (_, personId) => {
  await worker.graphql(
    'mutation { createMembership(data: { spaceId: "s0", personId: "there", level: FULL }) { level } }',
  );
  const before = await storedRows(worker);
  const upsert = `upsertMembership(by: { personId: "${personId}" }, shardKey: "s0", create: { personId: "${personId}", level: FULL, space: { connect: { id: "s1" } } }, update: { level: GUEST })`;
  const { errors } = await worker.graphql(`mutation { ${upsert} { level } }`, {}, ADMIN);
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  expect(errors[0]?.message).toContain('Expected create to refer to rows under the spaceId of the Membership');
  expect(await storedRows(worker)).toEqual(before);
});
