import { expect, it } from 'vitest';
import { toHttpResponse } from '../../../src/http/graphql/response.ts';

it('an answer that is too long for a text says so, and keeps what tells what was changed', async () => {
  const data = {
    toJSON() {
      // As V8 does for texts of more than 2^29 characters.
      throw new RangeError('Invalid string length');
    },
  };
  const operations = [{ path: ['updateOrder'], operationId: 'id' }];
  const response = toHttpResponse(
    { data: data as never, extensions: { operations } },
    { type: 'application/graphql-response+json', acceptsGzip: () => false },
    { limit: 1_000, mayExceed: false },
  );
  expect([response.status, await response.json()]).toEqual([
    200,
    {
      data: null,
      errors: [expect.objectContaining({ extensions: { code: 'COST_LIMIT_EXCEEDED', retryable: false } })],
      extensions: { operations },
    },
  ]);
});
