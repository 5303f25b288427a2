/** Relations through a join table: each role has them as its own rules for that table say, whichever role was asked first. */
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { docs, docTags, spaces, tags } from '../models/access/tables.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';

const model = () =>
  defineModel(
    {
      Space: { table: spaces, shardKey: 'id', access: { linker: true, writer: true } },
      Doc: { table: docs, shardKey: 'spaceId', access: { linker: true, writer: true } },
      Tag: { table: tags, shardKey: 'spaceId', access: { linker: true, writer: true } },
      DocTag: { table: docTags, shardKey: 'spaceId', access: { linker: true, writer: { read: true } } },
    },
    ({ many }) => ({ Doc: { tags: many.Tag({ through: 'DocTag' }) } }),
  );

let made = 0;
async function codeOfLink(worker: LabWorker, role: string | null): Promise<unknown> {
  const { errors } = await worker.graphql(
    `mutation {
      createDoc(data: { spaceId: "s", id: "d${made++}", ownerId: "p", title: "T", createdAt: "2026-01-01T00:00:00Z", tags: { connect: [{ id: "t" }] } }) { id }
    }`,
    {},
    role === null ? {} : { 'x-shardql-as': role },
  );
  return errors[0]?.extensions?.code ?? 'OK';
}

const UNKNOWN = 'GRAPHQL_VALIDATION_FAILED';
const EXPECTED = { linker: 'OK', writer: UNKNOWN, operator: 'OK' } as const;

describe.each([
  ['linker', 'writer', 'operator'],
  ['writer', 'linker', 'operator'],
  ['operator', 'writer', 'linker'],
  ['writer', 'operator', 'linker'],
] as const)('asked by %s, %s and %s', (...roles) => {
  it('rows are linked by who may create rows of the join table', async () => {
    const worker = createLabWorker(model(), 1);
    // Another document: what it asks for decides nothing here.
    await worker.graphql(`mutation {
      createSpace(data: { id: "s", name: "S", plan: FREE }) { id }
      createTag(data: { spaceId: "s", id: "t", label: "t" }) { id }
    }`);
    for (const role of roles)
      expect([role, await codeOfLink(worker, role === 'operator' ? null : role)]).toEqual([role, EXPECTED[role]]);
  });
});
