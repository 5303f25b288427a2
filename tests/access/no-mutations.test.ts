/** Operations that a role has no root type for. */
import { beforeAll, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import model from '../models/access/model.ts';
import { spaces } from '../models/access/tables.ts';
import { createLabWorker, type LabWorker } from '../support/lab-worker.ts';

let worker: LabWorker;
beforeAll(() => {
  worker = createLabWorker(model, 1);
});

const as = (role: string) => ({ 'x-shardql-as': role });

it.each([
  ['a mutation of what there is', 'mutation { deleteTag(by: { id: "t" }) { id } }'],
  ['a mutation of what there is not', 'mutation { nothing }'],
  ['a mutation that validates', 'mutation { __typename }'],
])('refuses %s to a role that writes nothing, in words of its own', async (_, query) => {
  const { data, errors } = await worker.graphql(query, {}, as('auditor'));
  expect(data ?? null).toBeNull();
  expect(errors).toMatchObject([
    {
      message:
        'Expected a query, since this caller may write nothing, but got a mutation. Ask as a caller whose role may write.',
      extensions: { code: 'BAD_USER_INPUT', retryable: false },
    },
  ]);
});

it('refuses subscriptions, of which there are none', async () => {
  for (const headers of [as('auditor'), as('owner'), {}]) {
    const { errors } = await worker.graphql('subscription { spaces { nodes { id } } }', {}, headers);
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^Expected a query or a mutation, but got a subscription/) },
    ]);
  }
});

it('refuses mutations of a model that nobody writes', async () => {
  const open = createLabWorker(
    defineModel({ Space: { table: spaces, shardKey: 'id', access: { reader: { read: true } } } }),
    1,
  );
  const { errors } = await open.graphql('mutation { __typename }', {}, as('reader'));
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
