import { describe, expect, it } from 'vitest';
import { decodeInvalidation, encodeInvalidation } from '../../src/shards/invalidation.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';

const event = { shard: 'shard-1', shardKeys: ['t:one' as ShardKey, 't:two' as ShardKey], version: 4096 };

describe('invalidation events', () => {
  it('come back from a message as they were', () => {
    expect(decodeInvalidation(structuredClone(encodeInvalidation(event)))).toEqual(event);
  });

  it('bear fields of a later release', () => {
    expect(decodeInvalidation({ ...(encodeInvalidation(event) as object), reason: 'import' })).toEqual(event);
  });

  it('that are audits are events to the release before, which only publishes', () => {
    const audit = { ...event, auditAgeMs: 5_000 };
    const body = structuredClone(encodeInvalidation(audit)) as object;
    expect(decodeInvalidation(body)).toEqual(audit);
    expect(body).toMatchObject(encodeInvalidation(event) as object);
  });

  it.each([
    ['no object', 'shard-1'],
    ['nothing', null],
    ['another format', { v: 2, shard: 'shard-1', shardKeys: ['t:one'], version: 1 }],
    ['no shard', { v: 1, shardKeys: ['t:one'], version: 1 }],
    ['no shard keys', { v: 1, shard: 'shard-1', shardKeys: [], version: 1 }],
    ['shard keys that are no texts', { v: 1, shard: 'shard-1', shardKeys: [1], version: 1 }],
    ['no version', { v: 1, shard: 'shard-1', shardKeys: ['t:one'] }],
  ])('are not taken from %s', (_, body) => expect(decodeInvalidation(body)).toBeNull());
});
