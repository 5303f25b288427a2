import { describe, expect, it } from 'vitest';
import { TokenSealer } from '../../src/http/token-sealer.ts';
import { addSeen, NOTHING_SEEN, type SeenVersions } from '../../src/shards/seen-versions.ts';
import { versionAt } from '../../src/shards/version.ts';

const SECRET = 'a secret of at least 32 characters';

const seenOf = (shards: number, version = versionAt(Date.UTC(2026, 0, 1))): SeenVersions =>
  addSeen(NOTHING_SEEN, {
    snapshots: Array.from({ length: shards }, (_, at) => ({ shard: `shard-${at}`, asOf: 0, changed: version + at })),
    epoch: 1,
  });

describe('sealed tokens', () => {
  it.each([1, 4, 32])('of %i shards are opened by every isolate with the secret', async (shards) => {
    const token = await new TokenSealer(SECRET).seal(seenOf(shards));
    const other = new TokenSealer(SECRET);
    expect(other.isSealed(token)).toBe(true);
    expect(token).toMatch(/^s1\.[\w-]+$/);
    expect(await other.open(token)).toEqual(seenOf(shards));
    // Proxies take headers of 4 kB.
    expect(token.length).toBeLessThan(2_200);
  });

  it('differ each time, and have one length, whatever of the four shards has been seen', async () => {
    const sealer = new TokenSealer(SECRET);
    const all = [seenOf(1), seenOf(1), seenOf(1, 5), seenOf(2), seenOf(4), seenOf(4, 5)];
    const tokens = await Promise.all(all.map((seen) => sealer.seal(seen)));
    expect(new Set(tokens).size).toBe(all.length);
    expect(new Set(tokens.map(({ length }) => length)).size).toBe(1);
  });

  it('can be opened at once by the isolate that made its key for several at the same time', async () => {
    const sealer = new TokenSealer(null);
    const all = [3, 2, 32, 1, 9, 1].map((shards, at) => seenOf(shards, 5 + at));
    // At first they wait for the key, then each is sealed as it is asked for.
    for (const _ of ['without a key', 'with the key']) {
      const tokens = await Promise.all(all.map((seen) => sealer.seal(seen)));
      expect(await Promise.all(tokens.map((token) => sealer.open(token)))).toEqual(all);
    }
  });

  it('that were sealed otherwise, or are none, stand for all that may have been seen until now', async () => {
    const token = await new TokenSealer(SECRET).seal(seenOf(2));
    const damaged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
    const ofAnother = await new TokenSealer('another secret of 32 characters …').seal(seenOf(2));
    for (const wrong of [damaged, ofAnother, token.slice(0, 60), 's1.', 's1.%%%']) {
      const before = versionAt(Date.now());
      const seen = await new TokenSealer(SECRET).open(wrong);
      expect(seen, wrong).toEqual({ epoch: 0, rest: expect.any(Number), versionByShard: new Map() });
      expect(seen.rest, wrong).toBeGreaterThanOrEqual(before);
    }
  });
});
