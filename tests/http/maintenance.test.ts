import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { createWorker } from '../../src/index.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { failureOf, graphql, shopWorker } from './support.ts';

const inMaintenance = { SHARDQL_DEVELOPMENT: 'true', SHARDQL_MAINTENANCE: 'true' };

describe('in maintenance', () => {
  it.each(['/graphql', '/', '/_shardql/roles.json', '/nowhere'])('refuses %s, to be tried again', async (path) => {
    const response = await shopWorker(inMaintenance)(path, path === '/graphql' ? graphql('{ __typename }') : {});
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.clone().json()).toMatchObject({
      errors: [{ extensions: { code: 'SHARD_UNAVAILABLE', retryable: true, retryAfterMs: 60_000 } }],
    });
    expect(await failureOf(response)).toMatchObject({ status: 503 });
  });

  it('does not fill caches', async () => {
    const response = await shopWorker(inMaintenance)('/warm', { method: 'POST', body: '{}' });
    expect(await failureOf(response)).toMatchObject({ status: 503, code: 'SHARD_UNAVAILABLE' });
  });

  it('answers pages of other origins, too, so that they know', async () => {
    const send = shopWorker(inMaintenance);
    const response = await send('/graphql', graphql('{ __typename }', { origin: 'http://localhost:3000' }));
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });

  it('serves operators, and whoever asks whether the Worker runs', async () => {
    const send = shopWorker(inMaintenance);
    expect((await send('/health')).status).toBe(200);
    expect((await send('/status')).status).toBe(200);
    expect((await send('/ready')).status).toBe(200);
    expect((await send('/export?table=Tenant')).status).toBe(200);
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const body = JSON.stringify({ query: '{ bookmarkRestores { id } }' });
    expect(await (await send('/operator', { method: 'POST', headers, body })).json()).toEqual({
      data: { bookmarkRestores: [] },
    });
  });

  it('still knows who is an operator', async () => {
    const send = shopWorker({ SHARDQL_MAINTENANCE: true, SHARDQL_OPERATOR_TOKEN: 'a'.repeat(32) });
    expect(await failureOf(await send('/status'))).toMatchObject({ status: 401 });
    expect((await send('/status', { headers: { authorization: `Bearer ${'a'.repeat(32)}` } })).status).toBe(200);
  });

  it('lets events of the queue pass: shards publish by themselves', async () => {
    const shards = { getByName: vi.fn(), idFromName: vi.fn(), get: vi.fn() };
    const message = { id: '1', timestamp: new Date(), body: { v: 1 }, attempts: 1, ack: vi.fn(), retry: vi.fn() };
    const { handlers } = createWorker({ model, migrations: bundle });
    const batch = { queue: 'invalidations', messages: [message] } as unknown as MessageBatch;
    const bindings = { ...inMaintenance, SHARD: shards, CATALOG: shards } as never;
    await handlers.queue(batch as never, bindings, createExecutionContext());
    expect(message.retry).not.toHaveBeenCalled();
    for (const method of Object.values(shards)) expect(method).not.toHaveBeenCalled();
  });

  it('has to be said clearly', async () => {
    const response = await shopWorker({ SHARDQL_DEVELOPMENT: 'true', SHARDQL_MAINTENANCE: 'yes' })('/status');
    expect(await failureOf(response)).toMatchObject({
      status: 500,
      message: 'Expected SHARDQL_MAINTENANCE to be "true" or "false", but got "yes".',
    });
  });
});

describe('POST /operator', () => {
  const operate = async (query: string) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
    const { errors = [] } = await (await shopWorker()('/operator', init)).json<{
      errors?: { message: string; extensions: { code: string } }[];
    }>();
    return errors.map(({ message, extensions: { code } }) => `${code}: ${message}`);
  };
  const preview = (args: string) =>
    operate(`mutation { restoreBookmark(${args}, preview: true) { preview { bookmark } } }`);

  it.each([
    ['shard: "shard-0"', 'Expected time or undoBookmark, but got neither.'],
    ['shard: "shard-0", time: "2020-01-01", undoBookmark: "0-1"', 'Expected time or undoBookmark, but got both.'],
    ['shard: "shard-0", time: "yesterday"', 'Expected time in ISO 8601'],
    ['shard: "shard-0", time: "2025-02-30"', 'Expected time in ISO 8601'],
    ['shard: "shard-0", time: "2999-01-01"', 'Expected time to be past, but got "2999-01-01".'],
    ['shard: "shard-0", time: "2020-01-01"', 'Expected time to be at most 30 days ago'],
    ['shard: "shard-0", undoBookmark: "a b"', 'Expected undoBookmark as bookmarkRestores shows it'],
  ])('refuses %s', async (args, message) => {
    expect(await preview(args)).toEqual([expect.stringContaining(`BAD_USER_INPUT: ${message}`)]);
  });

  it('names the runtime without bookmarks, the unknown shard, and the missing confirmation', async () => {
    await shopWorker()('/graphql', graphql('{ tenants { totalCount } }'));
    const time = new Date(Date.now() - 1_000).toISOString();
    expect(await preview(`shard: "shard-0", time: "${time}"`)).toEqual([
      expect.stringContaining('BAD_USER_INPUT: Expected a shard on Cloudflare, where the platform keeps bookmarks'),
    ]);
    expect(await preview(`shard: "nowhere", time: "${time}"`)).toEqual([expect.stringContaining('NOT_FOUND: ')]);
    const restore = `restoreBookmark(shard: "shard-0", time: "${time}")`;
    expect(await operate(`mutation { ${restore} { restore { id } } }`)).toEqual([
      expect.stringContaining('CONFIRMATION_REFUSED: Expected the confirmation of a preview'),
    ]);
  });

  it('records who wanted a shard to go back', async () => {
    await operate('mutation { restoreBookmark(shard: "shard-0", undoBookmark: "0000-1") { restore { id } } }');
    const log = `{ auditLog(first: 1) { nodes { action target outcome } } }`;
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await shopWorker()('/operator', { method: 'POST', headers, body: JSON.stringify({ query: log }) });
    expect(await response.json()).toMatchObject({
      data: {
        auditLog: {
          nodes: [{ action: 'restore-bookmark', target: 'shard-0 to 0000-1', outcome: 'CONFIRMATION_REFUSED' }],
        },
      },
    });
  });
});
