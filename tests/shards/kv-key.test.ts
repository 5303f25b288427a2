import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvKeyPart, stampsKvKey } from '../../src/shards/kv-key.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';

describe('parts of KV keys', () => {
  it('are different for different texts, and hold no delimiter', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('~', '%', '7E', '/', ':', ',', 'a'), maxLength: 60 }),
      fc.string({ unit: 'grapheme', minLength: 90, maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (one, other) => {
        const [first, second] = await Promise.all([kvKeyPart(one), kvKeyPart(other)]);
        expect(first === second).toBe(one === other);
        expect(first).toMatch(/^~?[\w.!*'()%-]*$/);
        expect(first.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('tell a long text apart from a text that looks like its hash', async () => {
    const hashed = await kvKeyPart('x'.repeat(1_000));
    expect(hashed).toMatch(/^~/);
    expect(await kvKeyPart(hashed)).not.toBe(hashed);
  });

  it('name the stamps of shard keys of other types apart', async () => {
    const [text, number] = await Promise.all([stampsKvKey('t:1' as ShardKey), stampsKvKey('i:1' as ShardKey)]);
    expect(text).not.toBe(number);
  });
});
