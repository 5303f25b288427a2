import { GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toGraphQLError } from '../../src/resolvers/graphql-error.ts';
import { UserCodeError } from '../../src/resolvers/user-code-error.ts';
import { ShardQLError } from '../../src/shards/errors.ts';
import { FakeShardClient } from './support/fake-shard-client.ts';
import { run, summary } from './support/run.ts';
import { shop } from './support/shop.ts';

const failing = (error: Error, table = 'Customer') => new FakeShardClient(shop.model, 2, new Map([[table, error]]));

describe('an expected failure', () => {
  it('shows its code, message and details, at its path; siblings keep their data', async () => {
    const error = new ShardQLError('SHARD_UNAVAILABLE', 'Expected a place, but got none.', {
      retryable: true,
      retryAfterMs: 50,
    });
    const { data, errors } = await run(shop, failing(error), '{ c: customers { totalCount } orders { totalCount } }');
    expect(data).toEqual({ c: null, orders: { totalCount: 2 } });
    expect(errors.map((one) => one.toJSON())).toEqual([
      {
        message: 'Expected a place, but got none.',
        path: ['c'],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'SHARD_UNAVAILABLE', requestId: 'request-1', retryable: true, retryAfterMs: 50 },
      },
    ]);
  });

  it('keeps GraphQL’s own words for wrong variables', async () => {
    const { errors } = await run(
      shop,
      failing(new Error()),
      'query ($first: Int, $at: DateTime) { customers(first: $first, where: { createdAt: { eq: $at } }) { totalCount } }',
      { first: 'x', at: 'yesterday' },
    );
    expect(summary(errors)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    expect(errors[0]!.message).toContain('Int cannot represent non-integer value: "x"');
    expect(errors[1]!.message).toContain('but got "yesterday"');
  });
});

it('variables too deep for graphql-js to read are the request’s fault', async () => {
  let where: object = { name: { eq: 'x' } };
  for (let depth = 0; depth < 5_000; depth++) where = { AND: [where] };
  const { errors } = await run(
    shop,
    failing(new Error()),
    'query ($where: CustomerWhere) { customers(where: $where) { totalCount } }',
    { where },
  );
  expect(summary(errors)).toEqual(['DEPTH_LIMIT_EXCEEDED']);
});

describe('an unexpected failure', () => {
  const log = vi.spyOn(console, 'error');
  beforeEach(() => void log.mockImplementation(() => {}));
  afterEach(() => void log.mockReset());

  it('is masked, and logged with the request id', async () => {
    const { errors } = await run(shop, failing(new Error('SELECT secret')), '{ customers { totalCount } }');
    expect(errors[0]!.toJSON()).toEqual({
      message: 'Internal server error',
      path: ['customers'],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1', retryable: false },
    });
    expect(errors[0]!.originalError).toBeUndefined();
    expect(log).toHaveBeenCalledOnce();
    expect(log.mock.calls[0]![0]).toContain('SELECT secret');
    expect(log.mock.calls[0]![0]).toContain('request-1');
  });

  it.each([
    new TypeError('x is undefined'),
    'a text',
    null,
    new GraphQLError('wrapped', { path: ['a'], originalError: new Error('inner') }),
  ])('is masked whatever was thrown: %s', (thrown) => {
    const error = toGraphQLError(thrown, 'r');
    expect([error.message, error.extensions.code]).toEqual(['Internal server error', 'INTERNAL_SERVER_ERROR']);
  });
});

describe('what users’ code threw', () => {
  const thrown = () => [
    new GraphQLError('wrapped', { path: ['a'], originalError: new UserCodeError(new Error('secret')) }),
    new GraphQLError('secret', { path: ['a'] }),
  ];

  it.each(thrown())('is told to clients in development alone (%#)', (error) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(toGraphQLError(error, 'r', { isDevelopment: true }).extensions.thrown).toContain('secret');
    expect(JSON.stringify(toGraphQLError(error, 'r', { isDevelopment: false }))).not.toContain('secret');
    expect(log.mock.calls[1]![0]).toMatch(
      /^\{"level":"error","event":"request-failed","requestId":"r",.*"error":".*secret/,
    );
    log.mockRestore();
  });

  it('is not confused with errors of our own, which are masked in development too', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const error = new GraphQLError('wrapped', { path: ['a'], originalError: new Error('SELECT secret') });
    expect(JSON.stringify(toGraphQLError(error, 'r', { isDevelopment: true }))).not.toContain('secret');
    expect(log.mock.calls[0]![0]).toMatch(/^Error in a \(request r\):\nError: SELECT secret\n/);
    log.mockRestore();
  });
});

describe('errors of other layers', () => {
  it.each([
    [new GraphQLError('Syntax Error: Expected Name'), 'GRAPHQL_PARSE_FAILED'],
    [
      new GraphQLError('Cannot query field', { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [new GraphQLError('no JSON', { extensions: { code: 'BAD_REQUEST' } }), 'BAD_USER_INPUT'],
    [new GraphQLError('Unknown operation named "x".'), 'BAD_USER_INPUT'],
  ])('get our codes: %s', (error, code) => {
    expect(toGraphQLError(error, 'r').extensions).toMatchObject({ code, requestId: 'r' });
  });

  it('lose the HTTP status that Yoga gave them: the answer has that of its code', () => {
    const error = new GraphQLError('no', { extensions: { code: 'BAD_REQUEST', http: { status: 413 } } });
    expect(toGraphQLError(error, 'r').extensions).not.toHaveProperty('http');
  });
});
