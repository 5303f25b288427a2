import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { Model } from '../../../src/model/types.ts';
import type { MonitorSettings } from '../../../src/shards/alert-settings.ts';
import type { CapacitySettings } from '../../../src/shards/capacity.ts';
import { createMonitorClass } from '../../../src/shards/monitor/monitor.ts';
import type { MonitorRpc } from '../../../src/shards/protocol/monitor-rpc.ts';

interface LabOptions {
  readonly model: Model;
  readonly now: () => number;
  readonly capacity?: Partial<CapacitySettings>;
  readonly settings?: MonitorSettings;
}

/** What the webhook was sent. */
export interface SentAlert {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type MonitorObject = InstanceType<ReturnType<typeof createMonitorClass>>;

/** The monitor on real storage, with time and a receiver of alerts that the test holds. It starts again for each call, as if it had slept. */
export class LabMonitor {
  readonly sent: SentAlert[] = [];
  /** Answers the webhook. */
  receive: (init: RequestInit) => Promise<Response> | Response = () => new Response(null, { status: 204 });
  /** When its alarm rings, in milliseconds since 1970; null: it has none. */
  alarmMs: number | null = null;
  readonly #name = `monitor-${crypto.randomUUID()}`;
  readonly #Monitor: ReturnType<typeof createMonitorClass>;
  readonly #now: () => number;

  constructor({ model, now, capacity, settings }: LabOptions) {
    this.#now = now;
    this.#Monitor = createMonitorClass({
      ...{ model, now },
      ...(capacity && { capacity }),
      ...(settings && { settings }),
      doFetch: async (_, init) => {
        this.sent.push(JSON.parse(init.body as string));
        return await this.receive(init);
      },
    });
  }

  /** What a Worker is bound to. */
  get namespace(): DurableObjectNamespace {
    const stub = new Proxy({} as Record<string, unknown>, {
      get: (_, method: string) => (given: unknown) =>
        this.inside(async (monitor) => structuredClone(await callOf(monitor, method)(structuredClone(given)))),
    });
    return { idFromName: (name: string) => name, get: () => stub, getByName: () => stub } as never;
  }

  get rpc(): MonitorRpc {
    return this.namespace.getByName('monitor') as unknown as MonitorRpc;
  }

  async inside<T>(work: (monitor: MonitorObject) => Promise<T>): Promise<T> {
    return await runInDurableObject(env.LAB.getByName(this.#name), async (_, state) => {
      const { storage } = state;
      const pending: Promise<unknown>[] = [];
      // The platform takes its own state alone.
      const members = { storage: this.#held(storage), waitUntil: (later: Promise<unknown>) => pending.push(later) };
      for (const [name, value] of Object.entries(members)) {
        Object.defineProperty(state, name, { value, configurable: true });
      }
      try {
        const result = await work(new this.#Monitor(state, BINDINGS));
        await Promise.all(pending);
        return result;
      } finally {
        Object.defineProperty(state, 'storage', { value: storage, configurable: true });
      }
    });
  }

  /** Rings the alarm as often as it is due by now. */
  async ring(): Promise<number> {
    let rung = 0;
    while (this.alarmMs !== null && this.alarmMs <= this.#now() && rung < 100) {
      this.alarmMs = null;
      await this.inside((monitor) => monitor.alarm());
      rung++;
    }
    return rung;
  }

  /** The storage, whose alarm is the test's. */
  #held(storage: DurableObjectStorage): DurableObjectStorage {
    return overlaid(storage, {
      getAlarm: async () => this.alarmMs,
      setAlarm: async (atMs: number) => {
        this.alarmMs = atMs;
      },
      deleteAlarm: async () => {
        this.alarmMs = null;
      },
    });
  }
}

const BINDINGS = {
  SHARDQL_ALERT_WEBHOOK: 'https://alerts.example.com/',
  SHARDQL_ALERT_SECRET: `whsec_${btoa('x'.repeat(32))}`,
};

function callOf(monitor: MonitorObject, method: string): (given: unknown) => Promise<unknown> {
  const own = (monitor as unknown as Record<string, (given: unknown) => Promise<unknown>>)[method]!;
  return own.bind(monitor);
}

/** The object with other members; those of the platform need it itself. */
const overlaid = <T extends object>(target: T, members: Readonly<Record<string, unknown>>): T =>
  new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(members, name)) return members[name as string];
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
