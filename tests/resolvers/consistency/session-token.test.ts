import { describe, expect, it } from 'vitest';
import { encodeToken } from '../../../src/plans/tokens/token.ts';
import { decodeSessionToken, encodeSessionToken } from '../../../src/resolvers/consistency/session-token.ts';
import { addSeen, MAX_SEEN_SHARDS, NOTHING_SEEN } from '../../../src/shards/seen-versions.ts';
import { versionAt } from '../../../src/shards/version.ts';

const seenOf = (shards: number) =>
  addSeen(NOTHING_SEEN, {
    snapshots: Array.from({ length: shards }, (_, at) => ({
      shard: `shard-${at}`,
      asOf: 0,
      changed: versionAt(Date.UTC(2090, 0, 1)) + at,
    })),
    epoch: 1_000_000,
  });

describe('session tokens', () => {
  it.each([0, 1, 4, MAX_SEEN_SHARDS, 1_024])('tell what a session has seen of %i shards', (shards) => {
    const seen = seenOf(shards);
    const token = encodeSessionToken(seen);
    expect(decodeSessionToken(token)).toEqual(seen);
    // Proxies take headers of 4 kB.
    expect(token.length).toBeLessThan(2_200);
    expect(token).toMatch(/^[0-9A-F]+$/);
  });

  it.each([
    ['another text', 'not-a-token'],
    ['the version that tokens were once', '3771234567890123'],
    ['nothing', ''],
    ['a long text', 'A'.repeat(10_000)],
    ['a damaged one', encodeSessionToken(seenOf(2)).replace(/..$/, '')],
    ['another kind of token', encodeToken(['Customer', 't', 'c'])],
    ['a negative version', encodeToken([1, 0, 'shard-0', -1])],
    ['a fraction', encodeToken([1, 0, 'shard-0', 1.5])],
    ['more than versions can be', encodeToken([1, 0, 'shard-0', 2 ** 53])],
    ['no epoch', encodeToken([])],
    ['a shard without a version', encodeToken([1, 0, 'shard-0'])],
    ['more shards than are listed', encodeToken([1, 0, ...Array(2 * MAX_SEEN_SHARDS + 2).fill('1')])],
  ])('are refused if no answer can have carried them: %s', (_, token) => {
    expect(() => decodeSessionToken(token)).toThrow(
      /^Expected x-shardql-token to be the token of an earlier answer, but got/,
    );
  });
});
