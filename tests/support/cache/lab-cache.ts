/** A cache over a shard that a test plays itself: one value per question, and a version for each change. */

import { createIsolateCache, type IsolateCache, openStore } from '../../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../../src/cache/reading/cache-reader.ts';
import type { Requirement } from '../../../src/cache/requirement.ts';
import type { CacheSettings } from '../../../src/cache/settings.ts';
import type { CacheOutcome } from '../../../src/events/event.ts';
import type { Model } from '../../../src/model/types.ts';
import { stampsKvKey } from '../../../src/shards/kv-key.ts';
import type { Answer } from '../../../src/shards/plan/answer.ts';
import type { AskShards, Read } from '../../../src/shards/plan/read.ts';
import { NOTHING_SEEN } from '../../../src/shards/seen-versions.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { stampSchema } from '../../../src/shards/stamp-schema.ts';
import { encodeStamps, type TableStamps } from '../../../src/shards/stamps.ts';
import { versionAt } from '../../../src/shards/version.ts';
import { sumOf } from '../events/sum-of.ts';
import { model } from './reads.ts';
import { labState, seenOf } from './seen.ts';
import { SimulatedKv } from './simulated-kv.ts';
import { VirtualClock } from './virtual-clock.ts';

export { STRONG } from '../../../src/cache/requirement.ts';

export const CACHED: Requirement = { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN };
export const bounded = (maxStalenessMs: number): Requirement => ({
  mode: 'BOUNDED',
  maxStalenessMs,
  seen: NOTHING_SEEN,
});
/** Of a session that has seen this version of the lab's shard. */
export const session = (version: number): Requirement => ({
  mode: 'SESSION',
  maxStalenessMs: null,
  seen: seenOf(version),
});

/** The shop with caching times that tests can wait for. */
export const cachedModel = (ttlSeconds = 60, swrSeconds = 30): Model => {
  const tables = model.tables.map((table) => ({ ...table, cache: { ...table.cache, ttlSeconds, swrSeconds } }));
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
};

/** In KV. */
const ONE_STAMPS = 's:t%3Aone';

export class LabCache {
  readonly clock = new VirtualClock();
  readonly kv: SimulatedKv;
  readonly model: Model;
  /** What the shard answers; a test changes it. */
  answer: Answer = ['one'];
  /** How long the shard takes, in milliseconds. */
  shardMs = 0;
  /** The shard fails. */
  failure: Error | null = null;
  readonly asked: Read[] = [];
  changed = 0;
  /** The shard has put the stamps of a trace long ago, and goes on publishing for so long, in milliseconds. */
  coveredMs = Number.POSITIVE_INFINITY;

  /** `hasStamps`: of the shard key `one` there are some. Default: yes. */
  constructor(
    options: { model?: Model; hasStamps?: boolean; landingMs?: () => number; readingMs?: () => number } = {},
  ) {
    const { model = cachedModel(), hasStamps = true } = options;
    this.model = model;
    const stamps = encodeStamps({ floor: 0, tables: new Map() }, stampSchema(model));
    this.kv = new SimulatedKv({
      clock: this.clock,
      ...options,
      ...(hasStamps && { values: { [ONE_STAMPS]: stamps } }),
    });
  }

  /** The shard's version now. */
  get version(): number {
    return versionAt(this.clock.now());
  }

  readonly ask: AskShards = async (read) => {
    this.asked.push(read);
    const { answer, version: asOf, changed, coveredMs } = this;
    if (this.shardMs > 0) await new Promise<void>((resolve) => this.clock.setTimer(resolve, this.shardMs));
    if (this.failure) throw this.failure;
    return read.keys.map(() => ({ answer, coveredMs, ...labState(asOf, changed) }));
  };

  /** Another isolate, at a location of its own unless given one. Unless told otherwise, KV is for all that it reads. */
  isolate(settings: Partial<CacheSettings> = {}, kv: ReturnType<SimulatedKv['location']> | null = this.kv.location()) {
    const cache = createIsolateCache(this.model, { kvDistanceMs: 0, ...settings }, this.clock);
    return new LabIsolate(this, cache, kv);
  }

  /** Changes the answer at a new version, and puts the stamps that tell of it. */
  async change(
    answer: Answer,
    shardKey: ShardKey,
    tables: Readonly<Record<string, Partial<TableStamps>>>,
  ): Promise<void> {
    await this.clock.advance(1);
    this.answer = answer;
    this.changed = this.version;
    await this.clock.advance(1);
    const stamps = Object.entries(tables).map(([table, given]): [string, TableStamps] => [
      table,
      { last: this.changed, all: 0, buckets: new Map(), ...given },
    ]);
    await this.kv
      .location()
      .put(await stampsKvKey(shardKey), encodeStamps({ floor: 0, tables: new Map(stamps) }, stampSchema(this.model)), {
        expirationTtl: 600,
      });
  }
}

export class LabIsolate {
  readonly cache: IsolateCache;
  readonly #lab: LabCache;
  readonly #kv: ReturnType<SimulatedKv['location']> | null;
  readonly background: Promise<unknown>[] = [];

  constructor(lab: LabCache, cache: IsolateCache, kv: ReturnType<SimulatedKv['location']> | null) {
    this.#lab = lab;
    this.cache = cache;
    this.#kv = kv;
  }

  /** A request of its own. */
  request(): CacheReader {
    return new CacheReader({
      cache: this.cache,
      store: openStore(this.cache, this.#kv as never),
      askShards: this.#lab.ask,
      waitUntil: (work) => this.background.push(work),
    });
  }

  /** One answer, in a request of its own, with all that goes on after it. */
  async read(read: Read, requirement: Requirement) {
    const [answer] = await this.request().read(read, requirement);
    await this.settle();
    return answer!;
  }

  async settle(): Promise<void> {
    while (this.background.length > 0) await this.#lab.clock.run(Promise.all(this.background.splice(0)));
  }

  count(event: CacheOutcome): number {
    return sumOf(this.cache.counters.cacheAnswers, { event });
  }
}
