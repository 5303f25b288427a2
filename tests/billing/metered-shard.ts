import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { createShardClass } from '../../src/shards/server/shard.ts';
import type { ShardEnv } from '../../src/shards/server/shard-env.ts';
import type { ShardPlacement } from '../../src/shards/shard-map.ts';
import { MeteredSql } from './metered-sql.ts';
import type { VirtualTime } from './virtual-time.ts';

type ShardObject = InstanceType<ReturnType<typeof createShardClass>>;
type Method = (...args: unknown[]) => Promise<unknown>;

/** Without a request or an alarm for so long, an object that waits for nothing goes to sleep. */
const HIBERNATES_AFTER_MS = 10_000;
/** Real ones, as all time of the object itself. */
const HELD_MS = 50;

interface MeteredShardOptions {
  readonly time: VirtualTime;
  readonly placement: ShardPlacement;
  readonly epoch: number;
  readonly env: ShardEnv;
}

interface Alarm {
  readonly atMs: number;
  readonly cancel: () => void;
}

/**
 * A shard with the life that the platform gives it: it sleeps when it is idle, starts again from what it has stored, and is woken by
 * alarms. Local workerd does none of that to objects of tests. Its SQLite is workerd's own, which counts rows as they are billed.
 */
export class MeteredShard {
  calls = 0;
  wakes = 0;
  awakeMs = 0;
  alarmsSet = 0;
  readonly #options: MeteredShardOptions;
  readonly #ShardClass: ReturnType<typeof createShardClass>;
  #life: { readonly shard: ShardObject } | null = null;
  #alarm: Alarm | null = null;
  #callsUnderWay = 0;
  readonly #sql = new MeteredSql();
  #isOver = false;
  #isGranted = false;

  constructor(options: MeteredShardOptions) {
    this.#options = options;
    const { time } = options;
    // Callbacks run inside of the object, as they do on the platform.
    const setTimer = (callback: () => void, delayMs: number) =>
      time.timersOf(this.#life ?? this, (due) => this.#inside(async () => due())).setTimer(callback, delayMs);
    this.#ShardClass = createShardClass(model, bundle, {
      wallClock: time.now,
      timers: { now: time.now, setTimer },
    });
  }

  get name(): string {
    return this.#options.placement.name;
  }

  /** Rows as billed, of all statements so far. */
  get rows(): { readonly read: number; readonly written: number } {
    return this.#sql.rows;
  }

  /** Keeps workerd from evicting the object, which would start it again unasked. Resolves after {@link end}. */
  begin(): Promise<void> {
    return this.#inside(async (state) => {
      this.#meter(state);
      while (!this.#isOver) await scheduler.wait(HELD_MS);
    });
  }

  end(): void {
    this.#isOver = true;
  }

  async call(method: string, args: readonly unknown[]): Promise<unknown> {
    this.calls++;
    // Calls cross a boundary that copies.
    return structuredClone(
      await this.#run((shard) => (shard as unknown as Record<string, Method>)[method]!(...structuredClone(args))),
    );
  }

  /** Time has passed: the object is billed for it while it cannot sleep. */
  passed(ms: number): void {
    if (this.#life !== null && (this.#callsUnderWay > 0 || this.#options.time.waits(this.#life))) this.awakeMs += ms;
  }

  async #run<T>(work: (shard: ShardObject) => Promise<T>): Promise<T> {
    return await this.#options.time.during(async () => {
      this.#callsUnderWay++;
      try {
        return await this.#inside(async (state) => work(await this.#awake(state)));
      } finally {
        this.#callsUnderWay--;
        this.#sleepLater();
      }
    });
  }

  async #awake(state: DurableObjectState): Promise<ShardObject> {
    if (this.#life !== null) return this.#life.shard;
    const life = {} as { shard: ShardObject };
    this.#life = life;
    this.wakes++;
    life.shard = new this.#ShardClass(state, this.#options.env);
    const { epoch, placement } = this.#options;
    if (!this.#isGranted) await life.shard.setOwnedSlots(epoch, placement.ranges);
    this.#isGranted = true;
    return life.shard;
  }

  #sleepLater(): void {
    const { time } = this.#options;
    time.forget(this);
    time.at(time.now() + HIBERNATES_AFTER_MS, this, () => {
      if (this.#life === null) return;
      if (this.#callsUnderWay > 0 || time.waits(this.#life)) this.#sleepLater();
      else this.#life = null;
    });
  }

  #inside<T>(work: (state: DurableObjectState) => Promise<T>): Promise<T> {
    return runInDurableObject(env.LAB.getByName(this.name), (_, state) => work(state));
  }

  /** The same storage, with statements counted and alarms kept here. */
  #meter(state: DurableObjectState): void {
    this.#sql.meter(state, this.#options.time.touch, {
      setAlarm: async (at: number | Date) => this.#setAlarm(Number(at)),
      getAlarm: async () => this.#alarm?.atMs ?? null,
      deleteAlarm: async () => this.#setAlarm(null),
    });
  }

  #setAlarm(atMs: number | null): void {
    this.#sql.wroteOther();
    this.#alarm?.cancel();
    this.#alarm = null;
    if (atMs === null) return;
    this.alarmsSet++;
    const { time } = this.#options;
    const alarm: Alarm = { atMs, cancel: time.at(atMs, {}, () => this.#fire(alarm)) };
    this.#alarm = alarm;
  }

  async #fire(alarm: Alarm): Promise<void> {
    this.calls++;
    await this.#run(async (shard) => {
      // A constructor that sets another one has cancelled this one.
      if (this.#alarm !== alarm) return;
      this.#alarm = null;
      await shard.alarm!();
    });
  }
}
