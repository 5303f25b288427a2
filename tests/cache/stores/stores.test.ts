import { describe, expect, it } from 'vitest';
import type { Entry } from '../../../src/cache/entries/entry.ts';
import type { EntryKey } from '../../../src/cache/entries/entry-key.ts';
import { KvStore } from '../../../src/cache/stores/kv-store.ts';
import { type CacheHit, LayeredStore } from '../../../src/cache/stores/layered-store.ts';
import { MemoryStore } from '../../../src/cache/stores/memory-store.ts';
import { SeenStamps } from '../../../src/cache/stores/seen-stamps.ts';
import { EventCounters } from '../../../src/events/counters.ts';
import { MemoryBudget } from '../../../src/lib/memory-budget.ts';
import { labState } from '../../support/cache/seen.ts';
import { SimulatedKv } from '../../support/cache/simulated-kv.ts';
import { VirtualClock } from '../../support/cache/virtual-clock.ts';
import { sumOf } from '../../support/events/sum-of.ts';

const clock = new VirtualClock();

const keyOf = (name: string): EntryKey => ({
  text: name,
  kind: 'plan',
  table: 'Order',
  tables: ['Order'],
  shardKey: null,
  dependencies: [],
  life: { ttlMs: 60_000, swrMs: 0 },
  kvKey: async () => `q:${name}`,
});

const entryOf = (value: unknown, changes: Partial<Entry> = {}): Entry => ({
  text: JSON.stringify(value),
  ...labState(1),
  at: clock.now(),
  ttlMs: 60_000,
  swrMs: 0,
  maker: 'here',
  ...changes,
});

function kvStore(kv = new SimulatedKv({ clock }), counters = new EventCounters()) {
  const options = { timers: clock, patienceMs: 100, cacheTtlSeconds: 30 };
  return new KvStore(kv.location(), 'schema', options, counters.count);
}

/** A store as the cache's reader uses it. */
interface UsedStore {
  readonly put: (key: EntryKey, entry: Entry) => Promise<void>;
  readonly find: (keys: readonly EntryKey[]) => Promise<ReadonlyMap<EntryKey, Entry>>;
}

/** As when it was read from the shard a moment ago. */
const ALONE = { isTraced: false, isInKv: false };

const newMemory = () => new MemoryStore(1_000_000);
const layered = (kv: KvStore | null): LayeredStore =>
  new LayeredStore(newMemory(), kv, 2_000, new SeenStamps(new MemoryBudget(100_000), 2_000));
const entriesIn = async (store: KvStore, keys: readonly EntryKey[]) => (await store.getMany(keys, new Set()))!.entries;

/** Keeps in `target`, and in its KV, and looks in `source`: first at what needs no look elsewhere, then at the rest. */
function usedLayers(target: LayeredStore, source = target): UsedStore {
  return {
    put: async (key, entry) => {
      target.memory.add(key, entry, clock.now(), { isTraced: true, isInKv: target.kv !== null });
      await target.kv?.put(key, entry);
    },
    find: async (keys) => {
      const peeked = keys.map((key) => [key, source.getRecent(key, clock.now())] as const);
      const missing = peeked.filter(([, found]) => found === undefined).map(([key]) => key);
      const lookedUp = missing.length > 0 ? await source.getMany(missing, clock.now()) : new Map<EntryKey, CacheHit>();
      const found = [...peeked, ...lookedUp].flatMap(([key, one]) => (one ? [[key, one.record.entry] as const] : []));
      return new Map(found);
    },
  };
}

const STORES: Readonly<Record<string, () => UsedStore>> = {
  memory: () => {
    const memory = newMemory();
    return {
      put: async (key, entry) => void memory.add(key, entry, clock.now(), ALONE),
      find: async (keys) =>
        new Map(keys.flatMap((key) => (memory.get(key) ? [[key, memory.get(key)!.entry] as const] : []))),
    };
  },
  'Workers KV': () => {
    const kv = kvStore();
    return { put: (key, entry) => kv.put(key, entry), find: (keys) => entriesIn(kv, keys) };
  },
  'memory over Workers KV': () => usedLayers(layered(kvStore())),
  'memory over Workers KV, of an isolate that has put nothing': () => {
    const kv = kvStore();
    return usedLayers(layered(kv), layered(kv));
  },
  'memory alone, layered': () => usedLayers(layered(null)),
};

describe.each(Object.entries(STORES))('the contract of stores: %s', (_, open) => {
  it('gives back what was put, and nothing for other keys', async () => {
    const store = open();
    const [one, two, three] = ['one', 'two', 'three'].map(keyOf) as [EntryKey, EntryKey, EntryKey];
    await store.put(one, entryOf(1));
    await store.put(two, entryOf(null));
    const found = await store.find([three, two, one]);
    expect(found.get(one)?.text).toBe('1');
    expect(found.get(two)?.text).toBe('null');
    expect(found.size).toBe(2);
  });

  it('gives an entry with all that it says, and again', async () => {
    const store = open();
    const entry = entryOf({ rows: [['é', 1.5, null]] }, { ...labState(9, 7), swrMs: 1_000, maker: 'x' });
    await store.put(keyOf('all'), entry);
    for (let time = 0; time < 2; time++) expect([...(await store.find([keyOf('all')])).values()]).toEqual([entry]);
  });

  it('gives the later of two answers', async () => {
    const store = open();
    await store.put(keyOf('a'), entryOf('old', labState(4)));
    // KV takes one write per second and key.
    await clock.advance(1_000);
    await store.put(keyOf('a'), entryOf('new', labState(5)));
    expect([...(await store.find([keyOf('a')])).values()].map(({ text }) => text)).toEqual(['"new"']);
  });

  it('takes as many keys as are asked for', async () => {
    const store = open();
    const keys = Array.from({ length: 250 }, (_unused, at) => keyOf(`k${at}`));
    for (const key of keys) await store.put(key, entryOf(key.text));
    const found = await store.find(keys);
    expect(found.size).toBe(250);
    for (const key of keys) expect(found.get(key)?.text).toBe(JSON.stringify(key.text));
  });

  it('answers for no keys', async () => expect((await open().find([])).size).toBe(0));
});

describe('what was asked of KV', () => {
  it('is counted by key, with those that were there', async () => {
    const store = kvStore();
    await store.put(keyOf('there'), entryOf(1));
    expect(store.counts).toMatchObject({ reads: 0, hits: 0 });
    await entriesIn(store, ['there', 'a', 'b'].map(keyOf));
    expect(store.counts).toMatchObject({ reads: 3, hits: 1 });
    await entriesIn(store, [keyOf('there')]);
    expect(store.counts).toMatchObject({ reads: 4, hits: 2 });
  });
});

describe('memory', () => {
  it('forgets what was used least recently when it is full, and never exceeds its bytes', () => {
    const store = new MemoryStore(10_000);
    const keys = Array.from({ length: 40 }, (_, at) => keyOf(`k${at}`));
    for (const key of keys) {
      store.add(key, entryOf('x'.repeat(20)), 0, ALONE);
      store.get(keys[0]!);
      expect(store.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(store.get(keys[0]!)).toBeDefined();
    expect(store.get(keys[1]!)).toBeUndefined();
    expect(store.get(keys.at(-1)!)).toBeDefined();
  });

  it('counts bytes to zero when all is removed', () => {
    const store = new MemoryStore(10_000);
    store.add(keyOf('a'), entryOf(1), 0, ALONE);
    store.add(keyOf('a'), entryOf(22, labState(2)), 0, ALONE);
    store.remove(keyOf('a'));
    expect([store.bytes, store.size]).toEqual([0, 0]);
  });

  it('does not let an answer that was read earlier replace a later one (F16)', () => {
    const store = new MemoryStore(10_000);
    store.add(keyOf('a'), entryOf('new', labState(5)), 0, ALONE);
    store.add(keyOf('a'), entryOf('old', labState(4)), 0, ALONE);
    expect(store.get(keyOf('a'))?.answer).toBe('new');
  });

  it('does not give all its room to one answer', () => {
    const store = new MemoryStore(10_000);
    store.add(keyOf('small'), entryOf(1), 0, ALONE);
    store.add(keyOf('large'), entryOf('x'.repeat(5_000)), 0, ALONE);
    expect(store.get(keyOf('large'))).toBeUndefined();
    expect(store.get(keyOf('small'))).toBeDefined();
  });
});

describe('Workers KV', () => {
  it('is taken to hold nothing while it is down, and the failure is counted (F30)', async () => {
    const kv = new SimulatedKv({ clock });
    const counters = new EventCounters();
    const store = kvStore(kv, counters);
    await store.put(keyOf('a'), entryOf(1));
    kv.isDown = true;
    expect(await store.getMany([keyOf('a')], new Set())).toBe(null);
    await store.put(keyOf('b'), entryOf(1));
    expect(sumOf(counters.cacheKvOperations, { operation: 'failed' })).toBe(2);
    kv.isDown = false;
    expect((await entriesIn(store, [keyOf('a')])).size).toBe(1);
  });

  it('is not waited for longer than the patience (F30)', async () => {
    const counters = new EventCounters();
    const store = kvStore(new SimulatedKv({ clock, readingMs: () => 5_000 }), counters);
    const before = clock.now();
    expect(await clock.run(store.getMany([keyOf('a')], new Set()))).toBe(null);
    expect(clock.now() - before).toBeLessThan(200);
    expect(sumOf(counters.cacheKvOperations, { operation: 'timed-out' })).toBe(1);
  });

  it('gets nothing that is dead already', async () => {
    const kv = new SimulatedKv({ clock });
    await kvStore(kv).put(keyOf('a'), entryOf(1, { at: clock.now() - 60_000 }));
    expect(kv.counts.puts).toBe(0);
  });

  it('keeps entries for their life, and at least as long as KV allows', async () => {
    const kv = new SimulatedKv({ clock });
    await kvStore(kv).put(keyOf('a'), entryOf(1, { ttlMs: 1_000 }));
    await clock.advance(59_000);
    expect(kv.peek('q:a')).not.toBeNull();
    await clock.advance(2_000);
    expect(kv.peek('q:a')).toBeNull();
  });
});
