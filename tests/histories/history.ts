/**
 * One random history: clients at several locations read and write through isolates with caches of their own, over two
 * shards, a KV that is as late as the real one, and a queue that loses, doubles and reorders; shards and consumers crash.
 * The same seed gives the same history.
 */

import { consumeEvents } from '../../src/cache/invalidation/consume-events.ts';
import { createIsolateCache, openStore } from '../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import type { ConsistencyMode, Model } from '../../src/model/types.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { decodeSessionToken, encodeSessionToken } from '../../src/resolvers/consistency/session-token.ts';
import { encodeInvalidation } from '../../src/shards/invalidation.ts';
import type { Answer, PageAnswer } from '../../src/shards/plan/answer.ts';
import type { AskShards, ReadBack } from '../../src/shards/plan/read.ts';
import { mergeSeen, NOTHING_SEEN } from '../../src/shards/seen-versions.ts';
import type { StampKv } from '../../src/shards/server/freshness/publisher.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { SimulatedKv } from '../support/cache/simulated-kv.ts';
import { below, createRandom, pick, type Random } from '../support/random.ts';
import * as shop from './cached-shop.ts';
import { BUSY, type Chances } from './chances.ts';
import { Checker, type ObservedRead } from './checker.ts';
import { SimulatedShard, type Written } from './simulated-shard.ts';
import { SimulatedTime, SkewedClock, settle } from './simulated-time.ts';

export interface Outcome {
  /** Each breaks a promise. */
  readonly problems: readonly string[];
  readonly reads: number;
  readonly commits: number;
  /** Reads that a cache answered, by mode: without any, a history shows nothing. */
  readonly cachedReads: Readonly<Record<string, number>>;
}

const UNCERTAINTY_MS = 500;
const TENANTS_OF_SHARD = [['t1', 't2'], ['t3']] as const;
const TENANTS = TENANTS_OF_SHARD.flat();
const IDS = ['c1', 'c2', 'c3'];
const EMAILS = ['a@x', 'b@x', 'c@x', 'd@x'];
const MODES: readonly ConsistencyMode[] = ['STRONG', 'BOUNDED', 'SESSION', 'CACHED'];
const LONGEST_PAUSE_MS = 2_000_000;
const BOUNDS_MS = [100, 600, 2_000, 20_000, 300_000];

/** What the queue holds; a message may stand in it twice. */
interface Message {
  readonly id: string;
  readonly body: unknown;
  attempts: number;
}

interface Client {
  token: string | null;
  readonly seen: Map<string, number>;
}

interface Isolate {
  readonly cache: ReturnType<typeof createIsolateCache>;
  readonly clock: SkewedClock;
  readonly kv: ReturnType<SimulatedKv['location']>;
  readonly background: Promise<unknown>[];
}

export async function runHistory(seed: number, steps: number, chances: Chances = BUSY): Promise<Outcome> {
  const history = await History.begin(createRandom(seed), chances);
  try {
    return await history.run(steps);
  } finally {
    history.end();
  }
}

class History {
  readonly #random: Random;
  readonly #chances: Chances;
  readonly #time = new SimulatedTime();
  readonly #model: Model;
  readonly #kv: SimulatedKv;
  readonly #checker: Checker;
  readonly #shards: SimulatedShard[] = [];
  readonly #shardClocks: SkewedClock[] = [];
  readonly #isolates: Isolate[] = [];
  readonly #clients: Client[] = Array.from({ length: 3 }, () => ({ token: null, seen: new Map() }));
  readonly #queue: Message[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #problems: string[] = [];
  readonly #cachedReads: Record<string, number> = {};
  /** Everything under one shard key that may have been cached, by title. */
  readonly #asked = new Map<string, shop.Question>();
  #reads = 0;
  #commits = 0;
  #names = 0;
  #stampPuts = 0;
  #isCalm = false;

  private constructor(random: Random, chances: Chances) {
    this.#random = random;
    this.#chances = chances;
    const policy = { ttlSeconds: pick(random, [2, 60, 600]), swrSeconds: pick(random, [0, 30]) };
    this.#model = shop.withPolicy(policy);
    this.#checker = new Checker((policy.ttlSeconds + policy.swrSeconds) * 1_000);
    this.#kv = new SimulatedKv({
      clock: this.#time,
      landingMs: () => (this.#isCalm ? 5 : this.#seldom(0.05) ? below(random, 25_000) : below(random, 200)),
      readingMs: () => (this.#seldom(0.05) ? 1_000 : below(random, 20)),
    });
  }

  static async begin(random: Random, chances: Chances): Promise<History> {
    const history = new History(random, chances);
    await history.#open();
    return history;
  }

  async #open(): Promise<void> {
    for (const [at, tenants] of TENANTS_OF_SHARD.entries()) {
      const clock = this.#newClock();
      this.#shardClocks.push(clock);
      const shard = await SimulatedShard.open({
        name: `shard-${at}`,
        model: this.#model,
        bundle: shop.bundle,
        time: this.#time,
        clock,
        kv: this.#countPuts(this.#kv.location()),
      });
      this.#shards.push(shard);
      for (const tenant of tenants) {
        shard.write(shop.shardKeyOf(tenant), [
          shop.createTenant(tenant),
          shop.createCustomer(tenant, 'c1', 'first', 'a@x'),
        ]);
        this.#checker.commit(tenant, {
          atMs: Number.NEGATIVE_INFINITY,
          customers: new Map([['c1', { name: 'first', email: 'a@x' }]]),
        });
      }
    }
    const locations = [this.#kv.location(), this.#kv.location()];
    for (const location of [locations[0]!, locations[0]!, locations[1]!]) {
      const clock = this.#newClock();
      const settings = {
        recheckMs: pick(this.#random, [0, 200, 2_000]),
        kvFillReads: pick(this.#random, [1, 2]),
        kvDistanceMs: pick(this.#random, [0, 0, 50]),
        clockUncertaintyMs: UNCERTAINTY_MS,
      };
      const timers = { now: clock.now, setTimer: this.#time.setTimer };
      const cache = createIsolateCache(this.#model, settings, timers);
      this.#isolates.push({ cache, clock, kv: location, background: [] });
    }
  }

  async run(steps: number): Promise<Outcome> {
    for (let step = 0; step < steps && this.#problems.length === 0; step++) await this.#step();
    if (this.#problems.length === 0) await this.#comeToRest();
    return {
      problems: this.#problems,
      reads: this.#reads,
      commits: this.#commits,
      cachedReads: this.#cachedReads,
    };
  }

  end(): void {
    for (const shard of this.#shards) shard.close();
  }

  async #step(): Promise<void> {
    const random = this.#random;
    let dice = random();
    const happens = (thing: Exclude<keyof Chances, 'lost'>): boolean => {
      dice -= this.#chances[thing];
      return dice < 0;
    };
    if (happens('read')) this.#start(this.#read());
    else if (happens('write')) this.#start(this.#write());
    else if (happens('consume')) this.#startConsumer();
    else if (happens('crash')) this.#crash();
    else if (happens('kv')) this.#kv.isDown = !this.#kv.isDown && this.#seldom(0.5);
    else if (happens('clock')) this.#stepClock();
    else if (happens('sleep')) pick(random, this.#shards).sleep();
    // Traces end, and what was cached under them.
    else if (happens('pause')) await this.#advance(below(random, LONGEST_PAUSE_MS));
    else
      await this.#advance(this.#seldom(0.15) ? below(random, 40_000) : below(random, this.#seldom(0.4) ? 3_000 : 60));
    await settle();
  }

  /** What KV has no stamps of may have changed. */
  async #loseStamps(): Promise<void> {
    for (const key of this.#kv.keys) if (key.startsWith('s:')) this.#kv.forget(key);
    // Copies at locations are over.
    await this.#advance(31_000);
  }

  async #advance(ms: number): Promise<void> {
    await this.#time.advance(ms);
    for (const shard of this.#shards) shard.wake();
  }

  /**
   * Clocks of isolates may be set back, within what they may differ by; those of shards be set ahead by any. Isolates that have looked at theirs of late are busy: they see
   * it, since they look right before and after.
   */
  #stepClock(): void {
    const busy = this.#isolates.filter((each) => each.clock.lookedAtMs >= this.#time.now() - 2 * UNCERTAINTY_MS);
    for (const { cache } of busy) cache.clock.now();
    const clocks = this.#isolates.map((isolate) => isolate.clock);
    const clock = pick(this.#random, [...clocks, ...clocks, ...this.#shardClocks]);
    // What is set for a time would come late if it went back by hours: that takes a crash, after which all is set anew.
    if (this.#shardClocks.includes(clock) && this.#seldom(0.5)) clock.skewMs += Math.abs(this.#error());
    else clock.skewMs = -UNCERTAINTY_MS / 2 + this.#random() * (clock.skewMs + UNCERTAINTY_MS / 2);
    for (const { cache } of busy) cache.clock.now();
  }

  /** It starts again on another machine, with another clock, which may be wrong by hours. */
  #crash(): void {
    const at = below(this.#random, this.#shards.length);
    this.#shardClocks[at]!.skewMs = this.#newClock().skewMs + (this.#seldom(0.5) ? this.#error() : 0);
    this.#shards[at]!.crash();
  }

  async #read(client = pick(this.#random, this.#clients), mode = pick(this.#random, MODES)): Promise<void> {
    const isolate = pick(this.#random, this.#isolates);
    const maxStalenessMs = mode === 'BOUNDED' ? pick(this.#random, BOUNDS_MS) : null;
    await this.#observe(isolate, client, mode, maxStalenessMs, this.#question());
  }

  #question(): shop.Question {
    // What was asked before may be cached.
    if (this.#asked.size > 0 && this.#seldom(0.5)) return pick(this.#random, [...this.#asked.values()]);
    const tenant = pick(this.#random, TENANTS);
    switch (below(this.#random, 4)) {
      case 0:
        return shop.customerById(tenant, pick(this.#random, IDS));
      case 1:
        return shop.customerByEmail(tenant, pick(this.#random, EMAILS));
      case 2:
        return shop.customersOf(tenant);
      default:
        return this.#seldom(0.3) ? shop.customersOfAll(TENANTS) : shop.customersOf(tenant);
    }
  }

  /** A request of its own, with the token that the client has. */
  async #observe(
    isolate: Isolate,
    client: Client,
    mode: ConsistencyMode,
    maxStalenessMs: number | null,
    question: shop.Question,
  ): Promise<void> {
    const { cache, kv, background } = isolate;
    const startMs = this.#time.now();
    const seen = new Map(client.seen);
    const presented = client.token === null ? NOTHING_SEEN : decodeSessionToken(client.token);
    const waitUntil = (work: Promise<unknown>) => background.push(work.catch(() => {}));
    const reader = new RequestReader(this.#cacheReader(cache, kv, waitUntil), presented, false);
    const requirement = { mode, maxStalenessMs, seen: mode === 'SESSION' ? presented : NOTHING_SEEN };
    let answer: Answer;
    try {
      [answer] = (await reader.read(question.read, requirement, [question.title])) as [Answer];
    } catch (error) {
      if (error instanceof ShardDown) return;
      throw error;
    }
    this.#reads++;
    if (question.read.shardKeys !== null) this.#asked.set(question.title, question);
    if (reader.fields[0]!.source !== 'shard') this.#cachedReads[mode] = (this.#cachedReads[mode] ?? 0) + 1;
    const read: ObservedRead = { mode, maxStalenessMs, question, startMs, endMs: this.#time.now(), seen, answer };
    const verdict = this.#checker.judge(read);
    if ('problem' in verdict) {
      this.#problems.push(verdict.problem);
      return;
    }
    client.token = laterOf(client.token, tokenOf(reader));
    for (const [tenant, at] of verdict.shown) client.seen.set(tenant, Math.max(at, client.seen.get(tenant) ?? 0));
  }

  #cacheReader(cache: Isolate['cache'], kv: Isolate['kv'], waitUntil: (work: Promise<unknown>) => void): CacheReader {
    return new CacheReader({ cache, store: openStore(cache, kv as never), askShards: this.#askShards(), waitUntil });
  }

  #askShards(): AskShards {
    return async ({ plan: { node }, values, keys, shardKeys, cacheable }) => {
      const ask = async (shard: SimulatedShard, keysOfShard: readonly ShardKey[] | null) => {
        await this.#travel();
        if (!this.#isCalm && this.#seldom(0.02)) throw new ShardDown();
        const answered = shard.read({ node, values, keys }, keysOfShard, cacheable);
        await this.#travel();
        return answered;
      };
      if (shardKeys !== null) {
        const shard = this.#shardOf(shardKeys[0]!);
        const { answers, asOf, changed, coveredMs } = await ask(shard, [...new Set(shardKeys)]);
        const snapshots = [{ shard: shard.name, asOf, changed: changed[0]! }];
        return answers.map((answer) => ({ answer, snapshots, epoch: 1, coveredMs }));
      }
      const all = await Promise.all(this.#shards.map((shard) => ask(shard, null)));
      const pages = all.map(({ answers }) => answers[0] as PageAnswer);
      const rows = pages.flatMap((page) => page.rows).sort((a, b) => (String(a) < String(b) ? -1 : 1));
      const answer = { ...pages[0]!, rows, total: pages.reduce((sum, { total }) => sum + total!, 0) };
      const snapshots = all.map(({ asOf, changed }, at) => ({
        shard: this.#shards[at]!.name,
        asOf,
        changed: changed[0]!,
      }));
      return [{ answer, snapshots, epoch: 1 }];
    };
  }

  async #write(): Promise<void> {
    const random = this.#random;
    const client = pick(random, this.#clients);
    const tenant = pick(random, TENANTS);
    const id = pick(random, IDS);
    const { cache, kv, background } = pick(random, this.#isolates);
    const waitUntil = (work: Promise<unknown>) => background.push(work.catch(() => {}));
    const reader = new RequestReader(this.#cacheReader(cache, kv, waitUntil), NOTHING_SEEN, false);
    let at = 0;
    try {
      const held = reader.heldRow(shop.customerById(tenant, id).read);
      await this.#travel();
      const committed = this.#commit(tenant, id, held);
      at = committed.at;
      await this.#travel();
      const { shard, version, touched } = committed;
      if (touched.length > 0)
        cache.localWrites.record({ shard, shardKeys: [shop.shardKeyOf(tenant)], version, touched });
      reader.recordWrite({ ...committed, epoch: 1, origin: null, results: [] }, held, ['write']);
    } catch (error) {
      if (error instanceof Refused) return;
      throw error;
    }
    client.token = laterOf(client.token, tokenOf(reader));
    client.seen.set(tenant, Math.max(at, client.seen.get(tenant) ?? 0));
  }

  /** Changes a customer as it is now; its place among the tenant's commits. */
  #commit(tenant: string, id: string, readBack: ReadBack | null) {
    const customers = new Map(this.#checker.customers(tenant));
    const name = `name-${++this.#names}`;
    const email = pick(this.#random, EMAILS);
    const present = customers.get(id);
    if ([...customers].some(([other, row]) => other !== id && row.email === email)) throw new Refused();
    let operation = shop.createCustomer(tenant, id, name, email);
    if (present !== undefined && this.#seldom(0.25)) {
      operation = shop.deleteCustomer(tenant, id);
      customers.delete(id);
    } else if (present !== undefined && this.#seldom(0.4)) {
      operation = shop.updateCustomer(tenant, id, { email });
      customers.set(id, { ...present, email });
    } else {
      if (present !== undefined) operation = shop.updateCustomer(tenant, id, { name });
      customers.set(id, { name, email: present?.email ?? email });
    }
    const shardKey = shop.shardKeyOf(tenant);
    const shard = this.#shardOf(shardKey);
    const answered = shard.write(shardKey, [operation], readBack);
    const written = this.#seldom(this.#chances.lost) ? this.#repeat(shard, answered) : answered;
    this.#commits++;
    const at = this.#checker.commit(tenant, { atMs: this.#time.now(), customers });
    if (written.events.length > 0 && !this.#seldom(0.2)) {
      const event = { shard: shard.name, shardKeys: written.events, version: written.version };
      const message = { id: name, body: structuredClone(encodeInvalidation(event)), attempts: 0 };
      this.#queue.push(message, ...(this.#seldom(0.2) ? [message] : []));
    }
    return { ...written, shard: shard.name, at };
  }

  /** The answer is lost: the write is sent again. */
  #repeat(shard: SimulatedShard, lost: Written): Written {
    if (this.#seldom(0.5)) shard.crash();
    try {
      const written = shard.repeat();
      if (written.version === lost.version) return written;
    } catch {
      // It could not be made again, which it should not have been.
    }
    this.#problems.push('a write whose answer was lost was made a second time');
    return lost;
  }

  /** A consumer takes some messages, in any order; it may die at any time, and then has acknowledged nothing. */
  async #consume(): Promise<void> {
    const taken = this.#queue.filter(() => this.#isCalm || this.#seldom(0.6)).reverse();
    if (taken.length === 0) return;
    const dies = !this.#isCalm && this.#seldom(0.2);
    const acknowledged: Message[] = [];
    const messages = taken.map((message) => ({
      ...message,
      timestamp: new Date(this.#time.now()),
      attempts: ++message.attempts,
      ack: () => acknowledged.push(message),
      retry: () => {},
    }));
    await consumeEvents(messages, async (name, shardKeys) => {
      await this.#travel();
      if (dies && this.#seldom(0.5)) return await new Promise(() => {});
      return await this.#shards.find((shard) => shard.name === name)!.publish(shardKeys);
    });
    if (dies) return;
    for (const message of acknowledged) {
      const place = this.#queue.indexOf(message);
      if (place >= 0) this.#queue.splice(place, 1);
    }
  }

  /** Faults end; what was lost is made up for by alarms. Then nobody may see anything old any more. */
  async #comeToRest(): Promise<void> {
    this.#isCalm = true;
    this.#kv.isDown = false;
    // An alarm within 30 s, its repetition for old puts 30 s later, copies of 30 s at each location, and rechecks.
    for (let second = 0; second < 150; second += 5) {
      this.#startConsumer();
      await this.#advance(5_000);
    }
    if (this.#seldom(0.2)) await this.#loseStamps();
    const client: Client = { token: null, seen: new Map() };
    for (const isolate of this.#isolates) {
      for (const question of this.#asked.values()) this.#start(this.#expectCurrent(isolate, client, question));
    }
    for (let turn = 0; turn < 100 && this.#running.size > 0; turn++) await this.#advance(1_000);
    if (this.#running.size > 0) this.#problems.push(`${this.#running.size} reads or writes did not come to an end`);
    await this.#stayAtRest();
  }

  /**
   * Shards that nobody asks anything sleep, and are woken by their alarms alone. An alarm that a clock has put off may still come, and
   * put what a life before has left, twice; none goes on with it.
   */
  async #stayAtRest(): Promise<void> {
    const puts = this.#stampPuts;
    for (let time = 0; time < 60; time++) {
      for (const shard of this.#shards) shard.sleep();
      await this.#advance(20_000);
    }
    if (this.#stampPuts > puts + 2 * TENANTS.length)
      this.#problems.push(`idle shards have put ${this.#stampPuts - puts} stamps`);
  }

  async #expectCurrent(isolate: Isolate, client: Client, question: shop.Question): Promise<void> {
    // The copy of stamps at the location is looked at anew once its time is over.
    await this.#observe(isolate, client, 'CACHED', null, question);
    const { cache, kv } = isolate;
    const reader = this.#cacheReader(cache, kv, () => {});
    const requirement = { mode: 'CACHED', maxStalenessMs: null, seen: NOTHING_SEEN } as const;
    const [found] = await reader.read(question.read, requirement);
    const [tenant] = question.tenants as [string];
    const shown = question.shown(found!.answer, tenant);
    const expected = question.expected(this.#checker.customers(tenant), tenant);
    if (shown !== expected) {
      this.#problems.push(
        `${question.title} is still ${shown} (${found!.source}) after all came to rest, not ${expected}`,
      );
    }
  }

  /** Not waited for: a consumer, or the shard it asks, may have died. */
  #startConsumer(): void {
    this.#consume().catch((error: unknown) => this.#problems.push(`unexpected: ${String(error)}`));
  }

  #start(work: Promise<void>): void {
    const running: Promise<void> = work
      .catch((error: unknown) => {
        this.#problems.push(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #shardOf(shardKey: ShardKey): SimulatedShard {
    const at = TENANTS_OF_SHARD.findIndex((tenants) => tenants.some((tenant) => shop.shardKeyOf(tenant) === shardKey));
    return this.#shards[at]!;
  }

  #countPuts(kv: StampKv): StampKv {
    return {
      put: (...put) => {
        this.#stampPuts++;
        return kv.put(...put);
      },
    };
  }

  #travel(): Promise<void> {
    return this.#time.wait(this.#seldom(0.1) && !this.#isCalm ? below(this.#random, 4_000) : below(this.#random, 30));
  }

  #error(): number {
    return (this.#random() - 0.5) * (this.#seldom(0.5) ? 10_000 : 4 * 3_600_000);
  }

  #newClock(): SkewedClock {
    return new SkewedClock(this.#time, (this.#random() - 0.5) * UNCERTAINTY_MS);
  }

  #seldom(probability: number): boolean {
    return this.#random() < probability;
  }
}

/** What the answer hands to its client. */
const tokenOf = ({ seen }: RequestReader): string | null => (seen === NOTHING_SEEN ? null : encodeSessionToken(seen));

/** Of concurrent requests of one client, each answer adds to what the client has seen. */
function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return encodeSessionToken(mergeSeen(decodeSessionToken(a), decodeSessionToken(b)));
}

class ShardDown extends Error {}

/** The email is another's. */
class Refused extends Error {}
