import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCatalogClass } from '../../../src/shards/catalog/catalog.ts';
import { holdsAnyOf, withoutSlots, withSlots } from '../../../src/shards/catalog/slot-ranges.ts';
import type { CatalogRpc } from '../../../src/shards/protocol/catalog-rpc.ts';
import { MAP_KV_KEY, ownersBySlot, type ShardMap } from '../../../src/shards/shard-map.ts';
import { isExactCover, SLOT_COUNT, SLOT_HASH, type SlotRange } from '../../../src/shards/slots.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const Catalog = createCatalogClass();

/** Shards that remember what they were told, and fail as a test wants it. */
class OwnershipBoard {
  readonly ownershipByName = new Map<string, { readonly epoch: number; readonly slots: readonly SlotRange[] }>();
  /** Version of each shard's last commit. */
  readonly lastByName = new Map<string, number>();
  /** Of each slot, the last version of those that gave it up. */
  readonly #givenUpAt = new Array<number>(SLOT_COUNT).fill(0);
  readonly told: string[] = [];
  /** Runs before a shard takes note; may throw or wait. */
  before: (name: string) => void | Promise<void> = () => {};
  /** Runs after it has; if it throws, the acknowledgement is lost. */
  after: (name: string) => void = () => {};
  readonly kv = new Map<string, string>();

  readonly env = {
    SHARD: {
      getByName: (name: string) => ({
        setOwnedSlots: async (epoch: number, slots: readonly SlotRange[], least: number) => {
          await this.before(name);
          this.told.push(name);
          const known = this.ownershipByName.get(name);
          if (!known || epoch > known.epoch) {
            this.ownershipByName.set(name, { epoch, slots });
            this.#handOver(name, known?.slots ?? [], slots, least);
          }
          this.checkNoSlotHasTwoOwners();
          this.after(name);
          return this.lastByName.get(name) ?? 0;
        },
      }),
    } as unknown as DurableObjectNamespace,
    KV: {
      put: async (key: string, value: string) => void this.kv.set(key, value),
    } as unknown as KVNamespace,
  };

  /** No version that was given out for a slot may come again (V2). */
  #handOver(name: string, before: readonly SlotRange[], slots: readonly SlotRange[], least: number): void {
    const last = Math.max(this.lastByName.get(name) ?? 0, least);
    this.lastByName.set(name, last);
    const had = new Set(slotsIn(before));
    const has = new Set(slotsIn(slots));
    for (const slot of had) if (!has.has(slot)) this.#givenUpAt[slot] = last;
    const behind = [...has].filter((slot) => !had.has(slot) && last < this.#givenUpAt[slot]!);
    expect(behind).toEqual([]);
  }

  commit(name: string, version: number): void {
    if (this.ownershipByName.has(name)) this.lastByName.set(name, Math.max(version, this.lastByName.get(name) ?? 0));
  }

  checkNoSlotHasTwoOwners(): void {
    const ranges = [...this.ownershipByName.values()].flatMap(({ slots }) => slots).sort((a, b) => a[0] - b[0]);
    for (const [index, [first]] of ranges.entries()) expect(first).toBeGreaterThan(ranges[index - 1]?.[1] ?? -1);
  }

  /** What the shards own is what the map says, every slot once. */
  expectToAgreeWith(map: ShardMap): void {
    expect(isExactCover(map.shards.flatMap(({ ranges }) => ranges))).toBe(true);
    for (const { name, ranges } of map.shards) expect(this.ownershipByName.get(name)?.slots).toEqual(ranges);
  }
}

const slotsIn = (ranges: readonly SlotRange[]): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));

let labs = 0;

/** Runs over the storage of a fresh Durable Object; `restart` gives the catalog as after a crash. */
function inCatalog(
  work: (restart: () => CatalogRpc, board: OwnershipBoard, storage: DurableObjectStorage) => Promise<void>,
) {
  const board = new OwnershipBoard();
  const lab = env.LAB.getByName(`catalog-${labs++}`);
  return runInDurableObject(lab, (_, state) => work(() => new Catalog(state, board.env), board, state.storage));
}

const ownerOf = (map: ShardMap, slot: number) => map.shards[ownersBySlot(map)[slot]!]!.name;
const crash = new Error('crash');

describe('the first map', () => {
  it('says in which jurisdiction its shards are', () =>
    inCatalog(async (restart, board) => {
      expect('jurisdiction' in (await restart().map(2))).toBe(false);
      Object.assign(board.env.SHARD, { jurisdiction: () => board.env.SHARD });
      Object.assign(board.env, { SHARDQL_JURISDICTION: 'eu' });
      expect(await restart().map(2)).toMatchObject({ jurisdiction: 'eu' });
      await expect.poll(() => board.kv.get(MAP_KV_KEY)).toContain('"jurisdiction":"eu"');
    }));

  it.each([1, 4, 7, 64, 1024])('places all slots on %i shards and has told them before it answers', (shardCount) =>
    inCatalog(async (restart, board) => {
      const map = await restart().map(shardCount);
      expect(map).toMatchObject({ epoch: 1, slotHash: SLOT_HASH });
      expect(map.shards.map(({ name }) => name)).toEqual(Array.from({ length: shardCount }, (_, n) => `shard-${n}`));
      board.expectToAgreeWith(map);
    }),
  );

  it('is made once, however many ask at the same time and whatever they ask for later', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      const maps = await Promise.all([4, 4, 8].map((shardCount) => catalog.map(shardCount)));
      expect(maps[1]).toEqual(maps[0]);
      expect(maps[2]).toEqual(maps[0]);
      expect(await restart().map(2)).toEqual(maps[0]);
      expect(board.told.length).toBe(4);
    }));

  it.each([0, -1, 1025, 2.5, Number.NaN])('cannot be made of %d shards', (shardCount) =>
    inCatalog(async (restart) => {
      await expect(restart().map(shardCount)).rejects.toThrow(`Expected 1 to 1024 shards, but got ${shardCount}.`);
      expect((await restart().map(3)).shards.length).toBe(3);
    }),
  );

  it('is resumed after a crash between storing and telling, with the shards it was begun with', () =>
    inCatalog(async (restart, board) => {
      board.before = (name) => {
        if (name === 'shard-2') throw crash;
      };
      await expect(restart().map(4)).rejects.toThrow('crash');
      await expect(restart().map(4)).rejects.toThrow('crash');
      board.before = () => {};
      const map = await restart().map(9);
      expect(map.shards.length).toBe(4);
      expect(map.epoch).toBe(1);
      board.expectToAgreeWith(map);
    }));
});

describe('assigning slots', () => {
  it('moves them, with a new epoch, and leaves all others where they were', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      const before = await catalog.map(4);
      const after = await catalog.assign([100, 5_000], 'shard-3');
      expect(after.epoch).toBe(2);
      board.expectToAgreeWith(after);
      for (const slot of [100, 4_095, 4_096, 5_000]) expect(ownerOf(after, slot)).toBe('shard-3');
      for (const slot of [99, 5_001, 9_000]) expect(ownerOf(after, slot)).toBe(ownerOf(before, slot));
      expect(await restart().map(4)).toEqual(after);
    }));

  it('gives them to a new shard, and leaves one that has none without ranges', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      await catalog.map(2);
      const map = await catalog.assign([0, 8_191], 'tenant-a');
      expect(map.shards).toEqual([
        { name: 'shard-0', generation: 1, ranges: [] },
        { name: 'shard-1', generation: 1, ranges: [[8_192, 16_383]] },
        { name: 'tenant-a', generation: 1, ranges: [[0, 8_191]] },
      ]);
      board.expectToAgreeWith(map);
    }));

  it('that are there already changes nothing', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      const map = await catalog.map(2);
      const told = board.told.length;
      expect(await catalog.assign([10, 20], 'shard-0')).toEqual(map);
      expect(board.told.length).toBe(told);
    }));

  it('tells the old owner before the new one', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      await catalog.map(2);
      board.told.length = 0;
      await catalog.assign([0, 10], 'shard-1');
      expect(board.told).toEqual(['shard-0', 'shard-1']);
    }));

  it('runs in turn, also when many ask at once', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      await catalog.map(4);
      board.before = () => new Promise((resolve) => setTimeout(resolve, 1));
      const targets = ['shard-1', 'new', 'shard-3', 'shard-0', 'new'];
      const maps = await Promise.all(
        targets.map((target, n) => catalog.assign([n * 1_000, n * 1_000 + 3_000], target)),
      );
      expect(maps.map(({ epoch }) => epoch)).toEqual([2, 3, 4, 5, 6]);
      board.expectToAgreeWith(maps.at(-1)!);
    }));

  it.each([
    ['shard-0', 'before'],
    ['shard-0', 'after'],
    ['shard-1', 'before'],
    ['shard-1', 'after'],
  ] as const)('F56: resumes after a crash when %s is told (%s it takes note)', (name, moment) =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      await catalog.map(2);
      board[moment] = (told) => {
        if (told === name) throw crash;
      };
      await expect(catalog.assign([0, 999], 'shard-1')).rejects.toThrow('crash');
      // While the shard is down, routers get a map that shards may refuse, but never an error.
      const meanwhile = await restart().map(2);
      expect(isExactCover(meanwhile.shards.flatMap(({ ranges }) => ranges))).toBe(true);

      board[moment] = () => {};
      const map = await restart().map(2);
      expect(map.epoch).toBe(2);
      expect(ownerOf(map, 500)).toBe('shard-1');
      board.expectToAgreeWith(map);
    }),
  );

  const runs = propertyRuns(30);
  it(`never gives a slot two owners and always ends, whatever fails (${describeRuns(runs)})`, {
    timeout: 1_000 * runs.numRuns,
  }, () => {
    const step = fc.record({
      first: fc.nat(SLOT_COUNT - 1),
      count: fc.integer({ min: 1, max: SLOT_COUNT }),
      target: fc.integer({ min: 0, max: 4 }),
      writer: fc.integer({ min: 0, max: 4 }),
      // Calls to shards that fail, before or after the shard has taken note.
      failures: fc.array(fc.constantFrom('before', 'after', null), { maxLength: 4 }),
    });
    return fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) =>
        inCatalog(async (restart, board) => {
          await restart().map(3);
          for (const [at, { first, count, target, writer, failures }] of steps.entries()) {
            board.commit(`shard-${writer}`, at + 1);
            const pending = [...failures];
            let current: (typeof failures)[number] | undefined = null;
            board.before = () => {
              current = pending.shift();
              if (current === 'before') throw crash;
            };
            board.after = () => {
              if (current === 'after') throw crash;
            };
            await restart()
              .assign([first, Math.min(first + count, SLOT_COUNT) - 1], `shard-${target}`)
              .catch((error) => expect(error).toBe(crash));
            board.checkNoSlotHasTwoOwners();
          }
          board.before = () => {};
          board.after = () => {};
          board.expectToAgreeWith(await restart().map(3));
        }),
      ),
      runs,
    );
  });

  it.each([[[-1, 3]], [[5, 4]], [[0, SLOT_COUNT]], [[0.5, 3]]] as const)('refuses the range %j', (range) =>
    inCatalog(async (restart) => {
      const catalog = restart();
      await catalog.map(2);
      await expect(catalog.assign(range as unknown as SlotRange, 'shard-1')).rejects.toThrow(
        /^Expected a range of slots/,
      );
    }),
  );

  it('needs a map', () =>
    inCatalog((restart) => expect(restart().assign([0, 1], 'x')).rejects.toThrow('map(shardCount)')));
});

describe('a catalog made with another slot hash', () => {
  it('still gives its map, for the router to refuse, and changes nothing', () =>
    inCatalog(async (restart, board, storage) => {
      await restart().map(2);
      storage.sql.exec("UPDATE _catalog SET slot_hash = 'murmur3'");
      expect((await restart().map(2)).slotHash).toBe('murmur3');
      await expect(restart().assign([0, 1], 'shard-1')).rejects.toThrow('made with murmur3');
      expect(board.told.length).toBe(2);
    }));
});

describe('the copy in KV', () => {
  it('is published at each epoch', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      const published = () => JSON.parse(board.kv.get(MAP_KV_KEY)!);
      expect(published).toThrow();
      const first = await catalog.map(2);
      await scheduler.wait(1);
      expect(published()).toEqual(first);
      const second = await catalog.assign([0, 1], 'shard-1');
      await scheduler.wait(1);
      expect(published()).toEqual(second);
    }));

  it('never fails the catalog, and is tried again', () =>
    inCatalog(async (restart, board) => {
      const catalog = restart();
      let puts = 0;
      board.env.KV.put = async () => {
        if (puts++ === 0) throw new Error('429');
      };
      const map = await catalog.map(2);
      await scheduler.wait(1);
      expect(await catalog.map(2)).toEqual(map);
      expect(await catalog.map(2)).toEqual(map);
      expect(puts).toBe(2);
    }));
});

describe('slot ranges', () => {
  it('are taken from and added to as sets are', () => {
    const range = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]): SlotRange => [Math.min(a, b), Math.max(a, b)]);
    const slots = Array.from({ length: 41 }, (_, slot) => slot);
    const slotsOf = (ranges: readonly SlotRange[]) =>
      slots.filter((slot) => ranges.some(([first, last]) => slot >= first && slot <= last));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), range, (taken, subject) => {
        const ranges = taken.reduce<readonly SlotRange[]>(withoutSlots, [[0, 40]]);
        const isInSubject = (slot: number) => slot >= subject[0] && slot <= subject[1];
        const held = slotsOf(ranges);
        const without = withoutSlots(ranges, subject);
        expect(slotsOf(without)).toEqual(held.filter((slot) => !isInSubject(slot)));
        expect(holdsAnyOf(ranges, subject)).toBe(held.some(isInSubject));
        const joined = withSlots(without, subject);
        expect(slotsOf(joined)).toEqual(slots.filter((slot) => held.includes(slot) || isInSubject(slot)));
        // Neighbours are joined: as few ranges as can be.
        expect(joined.every(([first], n) => n === 0 || first > joined[n - 1]![1] + 1)).toBe(true);
      }),
    );
  });
});
