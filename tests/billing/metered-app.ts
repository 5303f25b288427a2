/** The demo as it is deployed, under a time that passes only when told to, with everything counted that the platform bills. */
import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from 'cloudflare:test';
import { vi } from 'vitest';
import type { CacheSettings } from '../../src/cache/settings.ts';
import { createWorker, type Env } from '../../src/index.ts';
import { systemTimers } from '../../src/lib/timers.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { initialRanges, type ShardMap } from '../../src/shards/shard-map.ts';
import { SLOT_HASH } from '../../src/shards/slots.ts';
import { type GraphQLAnswer, postGraphQL } from '../support/graphql.ts';
import { MeteredKv } from './metered-kv.ts';
import { MeteredMonitor } from './metered-monitor.ts';
import { MeteredShard } from './metered-shard.ts';
import { difference, type Usage } from './usage.ts';
import { VirtualTime } from './virtual-time.ts';

/** An isolate waits for so long before it reports: see `MonitorClient`. All other timers are short, and real. */
const REPORTS_AFTER_MS = 10_000;
const SHARDS = 4;
const ORIGIN = 'http://127.0.0.1';
/** Everything that a write leads to has happened by then, and everybody sleeps. */
const LONG_MS = 10 * 60_000;

type Variables = Readonly<Record<string, unknown>>;
type Handlers = ReturnType<typeof createWorker>['handlers'];

export class MeteredApp {
  readonly time = new VirtualTime();
  readonly kv = new MeteredKv(this.time.now);
  readonly shards: readonly MeteredShard[];
  readonly monitor = new MeteredMonitor(this.time);
  readonly #map: ShardMap;
  readonly #env: Env;
  readonly #held: Promise<unknown>[] = [];
  #workerRequests = 0;
  #catalogCalls = 0;
  #queued: unknown[] = [];
  #queueMessages = 0;
  #handlers: Handlers;
  /** Batches of the queue are taken by any isolate; here by one that takes nothing else. */
  readonly #consumer: Handlers = newIsolate();

  constructor(shardCount = SHARDS) {
    this.#handlers = newIsolate();
    this.#map = {
      epoch: 1,
      slotHash: SLOT_HASH,
      shards: initialRanges(shardCount).map((range, index) => ({
        name: `metered-${index}-${crypto.randomUUID()}`,
        generation: 1,
        ranges: [range],
      })),
    };
    const kv = this.kv as never;
    const MONITOR = namespaceOf(() => this.monitor);
    const shardByName = new Map<string, MeteredShard>();
    const SHARD = namespaceOf((name) => stubOf(shardByName.get(name)!));
    const env = { KV: kv, MONITOR, SHARD };
    this.shards = this.#map.shards.map(
      (placement) => new MeteredShard({ time: this.time, placement, epoch: this.#map.epoch, env }),
    );
    for (const shard of this.shards) shardByName.set(shard.name, shard);
    const catalog = {
      map: async () => {
        this.#catalogCalls++;
        return structuredClone(this.#map);
      },
      recordAudit: async () => {},
      migrationProgress: async () => null,
      deadLetters: async () => [],
    };
    this.#env = {
      SHARDQL_DEVELOPMENT: 'true',
      SHARDQL_AUDIT_SHARE: '0',
      SHARD,
      CATALOG: namespaceOf(() => catalog),
      MONITOR,
      KV: kv,
      INVALIDATIONS: {
        send: async (body: unknown) => this.#enqueue([body]),
        sendBatch: async (batch: Iterable<{ body: unknown }>) => this.#enqueue([...batch].map(({ body }) => body)),
      } as never,
    };
  }

  /** All of a file's clocks are this one until {@link end}. */
  async begin(): Promise<void> {
    vi.spyOn(Date, 'now').mockImplementation(this.time.now);
    const setTimer = systemTimers.setTimer.bind(systemTimers);
    vi.spyOn(systemTimers, 'setTimer').mockImplementation((callback, delayMs) =>
      delayMs === REPORTS_AFTER_MS
        ? this.time.at(this.time.now() + delayMs, this, callback)
        : setTimer(callback, delayMs),
    );
    for (const shard of this.shards) this.#held.push(shard.begin());
    await this.time.rest();
  }

  async end(): Promise<void> {
    for (const shard of this.shards) shard.end();
    await Promise.all(this.#held);
    vi.restoreAllMocks();
  }

  /** Requests go to another isolate from now on, which remembers nothing. `isFar`: from the shards, as it measures. */
  startIsolate({ isFar = false } = {}): void {
    this.#handlers = newIsolate(isFar ? { kvDistanceMs: 0 } : {});
  }

  /** Throws for an answer with errors. */
  async ask(query: string, variables: Variables = {}): Promise<GraphQLAnswer> {
    const send = (url: string, init: RequestInit) => this.#send(url, init);
    const answer = await this.settled(postGraphQL(`${ORIGIN}/graphql`, query, variables, {}, send));
    if (answer.errors.length > 0) throw new Error(`Expected no errors, but got ${JSON.stringify(answer.errors)}`);
    return answer;
  }

  /** A question of operators. Throws for an answer with errors. */
  async operate(query: string): Promise<GraphQLAnswer> {
    const send = (url: string, init: RequestInit) => this.#send(url, init);
    const answer = await this.settled(postGraphQL(`${ORIGIN}/operator`, query, {}, {}, send));
    if (answer.errors.length > 0) throw new Error(`Expected no errors, but got ${JSON.stringify(answer.errors)}`);
    return answer;
  }

  async importRows(table: string, rows: readonly object[]): Promise<void> {
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };
    const response = await this.settled(
      this.#send(`${ORIGIN}/import?table=${table}`, { method: 'POST', headers, body }),
    );
    const report = (await response.json()) as { readonly inserted: number };
    if (report.inserted !== rows.length)
      throw new Error(`Expected ${rows.length} rows, but got ${JSON.stringify(report)}`);
  }

  /** Any other path, asked with GET. */
  async get(path: string): Promise<Response> {
    return await this.settled(this.#send(`${ORIGIN}${path}`, {}));
  }

  /**
   * Asks for a path again and again, `pauseMs` apart, while nothing is due: time passes at once.
   */
  async poll(path: string, times: number, pauseMs: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const response = await this.#send(`${ORIGIN}${path}`, {});
      if (response.status !== 200) throw new Error(`Expected 200, but got ${response.status}.`);
      this.time.skip(pauseMs);
    }
  }

  /** Lets time go on for as long as the work needs it. */
  async settled<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {});
    for (let waits = 0; !isDone; waits++) {
      await this.time.rest();
      if (!isDone && waits > 20) await this.advance(100);
    }
    return await done;
  }

  async advance(ms: number): Promise<void> {
    await this.time.advance(ms, (passed) => {
      for (const shard of this.shards) shard.passed(passed);
    });
  }

  /** Nobody asks anything until everything has happened. */
  async sleep(): Promise<void> {
    await this.advance(LONG_MS);
  }

  /** What the work took, and what it led to until `restMs` later. */
  async measure(work: () => Promise<unknown>, restMs = 0): Promise<Usage> {
    const before = this.usage;
    await work();
    if (restMs > 0) await this.advance(restMs);
    else await this.time.rest();
    return difference(this.usage, before);
  }

  get usage(): Usage {
    const total = (of: (shard: MeteredShard) => number) => this.shards.reduce((sum, shard) => sum + of(shard), 0);
    return {
      workerRequests: this.#workerRequests,
      objectRequests: this.#catalogCalls + this.monitor.calls + total(({ calls }) => calls),
      rowsRead: this.monitor.rowsRead + total(({ rows }) => rows.read),
      rowsWritten: total(({ rows }) => rows.written),
      kvReads: this.kv.reads,
      kvPuts: this.kv.puts,
      queueMessages: this.#queueMessages,
      wakes: total(({ wakes }) => wakes),
      awakeSeconds: total(({ awakeMs }) => awakeMs) / 1_000,
    };
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    this.#workerRequests++;
    const execution = createExecutionContext();
    const [response, text] = await this.time.during(async () => {
      const answer = await this.#handlers.fetch(new Request(url, init) as never, this.#env, execution);
      return [answer, await answer.text()] as const;
    });
    // An isolate that has counted something reports it when the time has come.
    void waitOnExecutionContext(execution).finally(this.time.touch);
    return new Response(text, response);
  }

  /** Delivered a moment later, all that has come meanwhile in one batch. */
  #enqueue(bodies: readonly unknown[]): void {
    this.#queueMessages += bodies.length;
    if (this.#queued.length === 0) setTimeout(() => this.#deliver(), 0);
    this.#queued.push(...bodies);
    this.time.touch();
  }

  #deliver(): void {
    this.#workerRequests++;
    const messages = this.#queued.map((body, at) => ({ id: String(at), body, attempts: 1, timestamp: new Date(0) }));
    this.#queued = [];
    const execution = createExecutionContext();
    const batch = createMessageBatch('shardql-invalidations', messages as never);
    const consumed = this.time.during(async () => this.#consumer.queue(batch as never, this.#env, execution));
    void consumed.then(() => waitOnExecutionContext(execution)).finally(this.time.touch);
  }
}

const newIsolate = (cache: Partial<CacheSettings> = {}): Handlers =>
  createWorker({ model, migrations: bundle, cache }).handlers;

const namespaceOf = (get: (name: string) => unknown): DurableObjectNamespace =>
  ({
    idFromName: (name: string) => ({ name, toString: () => name }),
    get: ({ name }: { readonly name: string }) => get(name),
    getByName: get,
  }) as unknown as DurableObjectNamespace;

const stubOf = (shard: MeteredShard): object =>
  new Proxy(
    {},
    {
      get: (_, method: string) =>
        // A promise must not take the stub for another promise.
        method === 'then' ? undefined : (...args: unknown[]) => shard.call(method, args),
    },
  );
