import { expect, it } from 'vitest';
import { defineExtensions } from '../../../src/schema/extend/define-extensions.ts';
import model from '../../../src/schema/model.ts';
import { failureOf, graphql, shopWorker } from '../support.ts';

const extensions = defineExtensions(model, ({ builder }) => {
  builder.queryField('never', (t) => t.string({ nullable: true, resolve: () => new Promise<string>(() => {}) }));
});

it('an operation ends when its time is over, though users’ code never answers', async () => {
  const send = shopWorker(undefined, { extensions, limits: { deadlineMs: 50 } });
  const { status, code, message } = await failureOf(await send('/graphql', graphql('{ never }')));
  expect([status, code]).toEqual([503, 'DEADLINE_EXCEEDED']);
  expect(message).toContain('within 50 ms');
  expect(await (await send('/graphql', graphql('{ __typename }'))).json()).toEqual({ data: { __typename: 'Query' } });
});

it('what the router is given counts, unless the limits say otherwise', async () => {
  const send = shopWorker(undefined, { extensions, router: { requestDeadlineMs: 40 } });
  const { message } = await failureOf(await send('/graphql', graphql('{ never }')));
  expect(message).toContain('within 40 ms');
});
