import { describe, expect, it } from 'vitest';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { initialRanges, ownersBySlot } from '../../src/shards/shard-map.ts';
import { crc16, isExactCover, SLOT_COUNT, SLOT_HASH, type SlotRange, slotOf } from '../../src/shards/slots.ts';

describe('slots', () => {
  it('hash with CRC-16/XMODEM: the check value of the CRC catalogue', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x31c3);
  });

  // Vectors from an independent implementation (Python's binascii.crc_hqx(bytes, 0) % 16384).
  it.each([
    ['t:', 4996],
    ['t:a', 4625],
    ['t:01JTJPGB4H727NCTSYGM442KPD', 1729],
    ['t:Zoë 🛒', 3148],
    ['i:42', 14209],
    ['i:-9223372036854775808', 14243],
    ['b:00ff', 6840],
  ])('place %s', (key, slot) => {
    expect(slotOf(key as ShardKey)).toBe(slot);
  });

  it('cover is exact: nothing missing, nothing twice', () => {
    expect(isExactCover([[0, SLOT_COUNT - 1]])).toBe(true);
    expect(
      isExactCover([
        [8192, 16383],
        [0, 8191],
      ]),
    ).toBe(true);
    expect(
      isExactCover([
        [0, 8191],
        [8193, 16383],
      ]),
    ).toBe(false);
    expect(
      isExactCover([
        [0, 8192],
        [8192, 16383],
      ]),
    ).toBe(false);
    expect(isExactCover([])).toBe(false);
    expect(
      isExactCover([
        [5, 4],
        [0, SLOT_COUNT - 1],
      ]),
    ).toBe(false);
  });

  it('cover is exact with the slots of placed shard keys: each that somebody leaves to another is spoken for', () => {
    const all: SlotRange = [0, SLOT_COUNT - 1];
    const placed: SlotRange[] = [
      [16_386, 16_386],
      [16_384, 16_384],
    ];
    expect(isExactCover([all, ...placed], placed)).toBe(true);
    expect(
      isExactCover(
        [
          [0, 16_384],
          [16_386, 16_386],
        ],
        placed,
      ),
    ).toBe(true);
    expect(isExactCover([all], placed)).toBe(false);
    expect(isExactCover([all, [16_384, 16_386]], placed)).toBe(false);
    expect(isExactCover([all, ...placed])).toBe(false);
    expect(isExactCover([all, ...placed, [16_384, 16_384]], placed)).toBe(false);
    expect(isExactCover([all, ...placed], [...placed, [16_384, 16_384]])).toBe(false);
  });

  it.each([1, 3, 4, 64])('initial placement on %i shards covers every slot', (shardCount) => {
    const ranges = initialRanges(shardCount);
    expect(isExactCover(ranges)).toBe(true);
    const map = {
      epoch: 1,
      slotHash: SLOT_HASH,
      shards: ranges.map((range, index) => ({ name: `shard-${index}`, generation: 1, ranges: [range] })),
    };
    expect(new Set(ownersBySlot(map)).size).toBe(shardCount);
  });
});
