/** A shard of the shop and isolates that read it through a KV like the real one; time is in the test's hand. */

import type { AuditReads } from '../../../src/cache/audit/audit-change.ts';
import { refreshHot } from '../../../src/cache/invalidation/refresh-hot.ts';
import { createIsolateCache, type IsolateCache, openStore } from '../../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../../src/cache/reading/cache-reader.ts';
import type { Model } from '../../../src/model/types.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import { maxEntryLifeMs } from '../../../src/shards/entry-life.ts';
import type { RowOperation } from '../../../src/shards/operation.ts';
import type { Answer } from '../../../src/shards/plan/answer.ts';
import type { AskShards, Read } from '../../../src/shards/plan/read.ts';
import { DEVELOPER, PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import { answerReads } from '../../../src/shards/server/answer-reads.ts';
import { Freshness } from '../../../src/shards/server/freshness/freshness.ts';
import { Publisher, type StampKv } from '../../../src/shards/server/freshness/publisher.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { inNewShard, LabShard } from '../../shards/server/lab-shard.ts';
import { oneOfEach } from '../../shards/server/shop-rows.ts';
import { CACHED } from './lab-cache.ts';
import { labState } from './seen.ts';
import { SimulatedKv } from './simulated-kv.ts';
import { VirtualClock } from './virtual-clock.ts';

const T1 = 't:t1' as ShardKey;

export class ShopLab {
  readonly clock: VirtualClock;
  readonly kv: SimulatedKv;
  shard: LabShard;
  publisher: Publisher;
  readonly #model: Model;
  readonly #stampKv: StampKv;
  #lives = 0;

  constructor(shard: LabShard, clock: VirtualClock, stampKv: (kv: SimulatedKv) => StampKv) {
    this.clock = clock;
    this.kv = new SimulatedKv({ clock });
    this.shard = shard;
    this.#model = shard.state.model;
    this.#stampKv = stampKv(this.kv);
    this.publisher = this.#newPublisher();
  }

  /** Traces are left, and their stamps put. */
  async cover(shardKeys: readonly ShardKey[], lifeMs: number): Promise<void> {
    const unstamped = this.shard.state.freshness.trackCached(shardKeys, lifeMs);
    if (unstamped.length > 0) await this.clock.run(this.publisher.publish(unstamped));
  }

  /** What the shard had in memory is lost. */
  restart(): void {
    const { clock, shard } = this;
    const options = { model: this.#model, wallClock: clock.now, schedule: () => {}, publishes: true, isNew: false };
    const freshness = new Freshness(shard.session, options);
    this.shard = new LabShard({ ...shard.state, freshness }, `life-${++this.#lives}`);
    this.publisher = this.#newPublisher();
  }

  #newPublisher(): Publisher {
    const { clock } = this;
    const { storage, freshness } = this.shard.state;
    return new Publisher({
      model: this.#model,
      kv: this.#stampKv,
      storage,
      freshness,
      schedule: () => {},
      unschedule: () => {},
      timers: clock,
      owns: () => true,
    });
  }

  readonly ask: AskShards = async ({ plan, values, keys, shardKeys, cacheable, lifeMs }) => {
    const calls = keys.map((key, index) => ({
      plan: plan.text,
      values,
      keys: [key],
      shardKeys: [shardKeys![index]!],
      ...(cacheable && { cacheable }),
    }));
    const { asOf, outcomes } = JSON.parse(
      answerReads(this.shard.state, this.shard.session, {
        protocol: PROTOCOL,
        epoch: 1,
        caller: DEVELOPER,
        calls,
        lifeMs,
      }),
    ) as { asOf: number; outcomes: { answers: Answer[]; changed: number[]; coveredMs?: number }[] };
    return outcomes.map(({ answers: [answer], changed: [changed], coveredMs }) => ({
      answer: answer!,
      coveredMs,
      ...labState(asOf, changed!),
    }));
  };

  /** An isolate at a location of its own, which puts into KV what it fills. `model`: of another release than the shard. */
  isolate(model = this.#model): LabIsolate {
    return new LabIsolate(this, createIsolateCache(model, { kvFillReads: 1, kvDistanceMs: 0 }, this.clock));
  }

  /** A write to t1 a moment later; gives its version. */
  async write(operations: readonly RowOperation[]): Promise<number> {
    await this.clock.advance(10);
    const answer = this.shard.write(T1, operations);
    if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
    await this.clock.advance(10);
    return answer.version;
  }

  /** What the consumer of an event of t1 does, up to the refresh. */
  async publish(): Promise<void> {
    await this.clock.run(this.publisher.publish([T1]));
    const hot = this.shard.state.freshness.takeHotReads([T1]);
    const consumer = this.isolate();
    await this.clock.run(refreshHot(hot, consumer.reader(true)));
    await consumer.settle();
  }
}

export class LabIsolate {
  readonly cache: IsolateCache;
  readonly #lab: ShopLab;
  readonly #kv: ReturnType<SimulatedKv['location']>;
  readonly #background: Promise<unknown>[] = [];

  constructor(lab: ShopLab, cache: IsolateCache) {
    this.cache = cache;
    this.#lab = lab;
    this.#kv = lab.kv.location();
  }

  reader(isWarming = false): CacheReader {
    return new CacheReader({
      cache: this.cache,
      store: openStore(this.cache, this.#kv as never),
      askShards: this.#lab.ask,
      waitUntil: (work) => this.#background.push(work),
      isWarming,
    });
  }

  /** Others have cached answers under these shard keys before. */
  async read(read: Read) {
    await this.#lab.cover(read.shardKeys ?? [], maxEntryLifeMs(this.cache.model));
    const [answer] = await this.#lab.clock.run(this.reader().read(read, CACHED));
    await this.settle();
    return answer!;
  }

  async settle(): Promise<void> {
    while (this.#background.length > 0) await this.#lab.clock.run(Promise.all(this.#background.splice(0)));
  }

  /** As audits read. */
  get audit(): AuditReads {
    return { cache: this.cache, kv: openStore(this.cache, this.#kv as never).kv!, askShards: this.#lab.ask };
  }
}

/** Runs `test` with a shard that holds one row of each table under t1. `stampKv`: where it puts its stamps. */
export async function inShopLab(
  model: Model,
  test: (lab: ShopLab) => Promise<void>,
  stampKv: (kv: SimulatedKv) => StampKv = (kv) => kv.location(),
): Promise<void> {
  const clock = new VirtualClock();
  await inNewShard(
    model,
    bundle,
    async (shard) => {
      const lab = new ShopLab(shard, clock, stampKv);
      await lab.write(oneOfEach);
      await test(lab);
    },
    clock.now,
  );
}
