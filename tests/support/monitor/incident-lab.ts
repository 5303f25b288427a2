/**
 * The demo as deployed, in which something goes wrong: Workers, shards and the monitor are the product's, requests are real ones, and so is
 * what is reported of them. Time is the test's: it stands still while anything is asked.
 */
import { vi } from 'vitest';
import type { Env } from '../../../src/index.ts';
import { systemTimers } from '../../../src/lib/timers.ts';
import demo from '../../../src/schema/model.ts';
import type { MonitorSettings } from '../../../src/shards/alert-settings.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { createLabWorker, type LabIsolate, type LabOptions, type LabWorker } from '../lab-worker.ts';
import { LabMonitor } from './lab-monitor.ts';

const STEP_MS = 10_000;

export const keyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

export const READ = `query Customers($id: ID!, $name: String!) @consistency(mode: CACHED) {
  customers(shardKey: $id, where: { name: { eq: $name } }, first: 5) { nodes { id name } }
}`;
export const CREATE = `mutation CreateCustomer($id: ID!, $name: String!, $email: String!, $attributes: JSON!) {
  createCustomer(data: { tenantId: $id, name: $name, email: $email, attributes: $attributes }) { id }
}`;

export interface IncidentOptions extends LabOptions {
  readonly rules?: NonNullable<MonitorSettings['alerts']>['rules'];
}

export class IncidentLab {
  nowMs = Date.UTC(2026, 0, 1);
  readonly monitor: LabMonitor;
  readonly worker: LabWorker;
  /** That answers now. */
  isolate: LabIsolate;
  /** Who waits as long does not: in milliseconds. */
  skippedMs: number | null = null;
  /** The queue's consumer takes nothing. */
  isPaused = false;
  #made = 0;
  readonly #underWay = new Set<Promise<unknown>>();
  #held: { readonly atMs: number; readonly callback: () => void }[] = [];

  constructor({ rules, bindings, shardBindings, ...options }: IncidentOptions = {}) {
    vi.spyOn(Date, 'now').mockImplementation(() => this.nowMs);
    vi.spyOn(systemTimers, 'setTimer').mockImplementation((callback, delayMs) => this.#setTimer(callback, delayMs));
    const { capacity } = options;
    this.monitor = new LabMonitor({
      ...{ model: demo, now: () => this.nowMs },
      ...(capacity && { capacity }),
      ...(rules && { settings: { alerts: { rules } } }),
    });
    const MONITOR = this.#tracked(this.monitor.namespace);
    const INVALIDATIONS = { sendBatch: (messages: Sent) => this.#track(this.#deliver(messages)) };
    this.worker = createLabWorker(demo, 2, undefined, {
      ...options,
      waitsForWork: false,
      bindings: { MONITOR, INVALIDATIONS, CF_VERSION_METADATA: VERSION, ...bindings } as Partial<Env>,
      shardBindings: { MONITOR, ...shardBindings },
    });
    this.isolate = this.worker;
  }

  async createTenant(id: string): Promise<void> {
    const { errors } = await this.isolate.graphql(
      'mutation CreateTenant($id: ID!) { createTenant(data: { id: $id, name: "T", plan: FREE, settings: {} }) { id } }',
      { id },
    );
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
  }

  read(tenant: string, name = 'Ada') {
    return this.isolate.graphql(READ, { id: tenant, name });
  }

  /** With all that follows it at once: that the queue delivers what it was sent, say. */
  async create(tenant: string, attributes: object = {}) {
    const email = `c${++this.#made}@example.com`;
    const answer = await this.isolate.graphql(CREATE, { id: tenant, name: 'Ada', email, attributes });
    await this.#settled();
    return answer;
  }

  /** Ten seconds of what is usual: reads of two tenants, some writes. */
  async usual(): Promise<void> {
    for (let time = 0; time < 8; time++) await this.read(time % 4 === 3 ? 'other' : 'acme');
    // Stamps of a shard key are put once a second.
    this.nowMs += 2_000;
    await this.create('acme');
  }

  /** Ten seconds pass, after which isolates report; alarms of shards and of the monitor ring when they are due. */
  async pass(traffic: () => Promise<unknown>): Promise<void> {
    const endMs = this.nowMs + STEP_MS;
    await traffic();
    this.#elapse(endMs);
    await this.#report();
  }

  #elapse(untilMs: number): void {
    this.nowMs = untilMs;
    const due = this.#held.filter(({ atMs }) => atMs <= this.nowMs);
    this.#held = this.#held.filter(({ atMs }) => atMs > this.nowMs);
    for (const { callback } of due) callback();
  }

  async #report(): Promise<void> {
    await this.worker.runDueTasks();
    // Isolates that have answered lately report by themselves; the others say what is left.
    for (const isolate of new Set([this.worker, this.isolate])) await isolate.fetch('/metrics');
    await this.#settled();
    await this.monitor.ring();
  }

  /** Nothing that was begun is under way. */
  async #settled(): Promise<void> {
    do {
      await Promise.all(this.#underWay);
      // What an answer leaves to be done begins in a later turn.
      await new Promise((resolve) => setTimeout(resolve, 1));
    } while (this.#underWay.size > 0);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<unknown> = work.catch(() => {}).finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
    return work;
  }

  async #deliver(messages: Sent): Promise<void> {
    if (this.isPaused) return;
    const sent = messages.map(({ body }, at) => ({ id: String(at), body }));
    await this.worker.queue('shardql-invalidations', sent);
  }

  /** Calls are known, so that nothing that is told is still under way when the monitor looks. */
  #tracked(monitors: DurableObjectNamespace): DurableObjectNamespace {
    const { get } = monitors as unknown as { get: () => Record<string, (given: unknown) => Promise<unknown>> };
    const stub = new Proxy(get(), {
      get: (target, method: string) => (given: unknown) => {
        return this.#track(target[method]!(given));
      },
    });
    return { idFromName: (name: string) => name, get: () => stub, getByName: () => stub } as never;
  }

  async begin(minutes: number): Promise<void> {
    for (const tenant of ['acme', 'other']) await this.createTenant(tenant);
    for (let step = 0; step < minutes * 6; step++) await this.pass(() => this.usual());
  }

  /** Up to a second passes by itself. Shards wait no longer: what they wait for has to come back to them. */
  #setTimer(callback: () => void, delayMs: number): () => void {
    if (delayMs <= 1_000 || delayMs === this.skippedMs) {
      const timer = setTimeout(callback, delayMs === this.skippedMs ? 0 : delayMs);
      return () => clearTimeout(timer);
    }
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.#held.push(timer);
    return () => {
      this.#held = this.#held.filter((each) => each !== timer);
    };
  }

  async firing() {
    const { alerts } = await this.monitor.rpc.alerts();
    return alerts.filter(({ state }) => state === 'FIRING');
  }

  /** Until something fires, for a minute at most. */
  async untilFiring(traffic: () => Promise<unknown>) {
    for (let step = 0; step < 6; step++) {
      await this.pass(traffic);
      const firing = await this.firing();
      if (firing.length > 0) return firing;
    }
    throw new Error(
      `Expected an alert within a minute, but got ${JSON.stringify((await this.monitor.rpc.alerts()).alerts)}`,
    );
  }
}

type Sent = readonly { readonly body: unknown }[];

const VERSION = { id: 'v1', tag: '', timestamp: '' };
