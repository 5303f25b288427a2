/** Isolates that send calls to one shard, which does one at a time, in simulated time. */
import type { QueuePlace } from '../../../../src/lib/fair-admission.ts';
import { FairQueue } from '../../../../src/lib/fair-queue.ts';
import { Admission, type CallClass } from '../../../../src/shards/client/routing/admission.ts';
import { DEFAULT_ROUTER_SETTINGS } from '../../../../src/shards/client/settings.ts';

/** Who asks, how often, in which time, in seconds. */
export interface Tenant {
  readonly name: string;
  readonly perSecond: number;
  readonly fromS: number;
  readonly toS: number;
}

export interface Simulation {
  readonly isolates: number;
  /** From an isolate to the shard, and back. */
  readonly oneWayMs: number;
  /** What the shard takes for a call. */
  readonly serviceMs: (random: () => number) => number;
  readonly tenants: readonly Tenant[];
  readonly random: () => number;
  readonly admission?: () => Admission;
  /** Whether the shard has shard keys take turns, once it is told to. */
  readonly takesTurns?: boolean;
}

export interface Asked {
  readonly tenant: string;
  readonly atMs: number;
  readonly outcome: 'answered' | 'refused' | 'late';
  readonly tookMs: number;
}

interface SentCall {
  readonly of: string;
  /** When it was asked for. */
  readonly atMs: number;
  readonly takesTurns: boolean;
  answered(nowMs: number): void;
}

const SETTINGS = DEFAULT_ROUTER_SETTINGS;
const DEADLINE_MS = SETTINGS.requestDeadlineMs;

export function simulate({
  isolates,
  oneWayMs,
  serviceMs,
  tenants,
  random,
  admission = () => new Admission(),
  takesTurns = true,
}: Simulation) {
  const routers = Array.from({ length: isolates }, admission);
  const asked: Asked[] = [];
  const events = new Events();
  const runtime: SentCall[] = [];
  const turns = new FairQueue<SentCall>();
  let isBusy = false;
  let wastedMs = 0;
  /** What the shard has been sent and not begun waits in the runtime, in the order of arrival, or takes turns. */
  const sent = (call: SentCall) => {
    if (takesTurns && (call.takesTurns || turns.size > 0)) turns.add(call.of, call);
    else runtime.push(call);
  };
  const work = (nowMs: number) => {
    if (isBusy) return;
    const call = runtime.shift() ?? turns.take();
    if (call === undefined) return;
    isBusy = true;
    const isExpired = nowMs > call.atMs + DEADLINE_MS + 500;
    const doneMs = nowMs + (isExpired ? 0.05 : serviceMs(random));
    const isLate = isExpired || doneMs + oneWayMs > call.atMs + DEADLINE_MS;
    if (isLate && !isExpired) wastedMs += doneMs - nowMs;
    events.at(doneMs, () => {
      isBusy = false;
      work(doneMs);
    });
    if (!isLate) events.at(doneMs + oneWayMs, () => call.answered(doneMs + oneWayMs));
  };
  for (const { name, perSecond, fromS, toS } of tenants) {
    const of: CallClass = { shardKey: name, role: 'user', isPrior: false };
    const next = (atMs: number) => {
      const dueMs = atMs - (Math.log(1 - random()) / perSecond) * 1_000;
      if (dueMs >= toS * 1_000) return;
      events.at(dueMs, () => {
        next(dueMs);
        arrive(of, dueMs);
      });
    };
    next(fromS * 1_000);
  }
  const arrive = (of: CallClass, atMs: number) => {
    const router = routers[Math.floor(random() * isolates)]!;
    const tell = (outcome: Asked['outcome'], nowMs: number) =>
      asked.push({ tenant: of.shardKey!, atMs, outcome, tookMs: nowMs - atMs });
    const patienceMs = SETTINGS.admissionPatienceMs;
    const enter = (nowMs: number) => router.enqueue('s', of, nowMs, nowMs + patienceMs, SETTINGS);
    const ask = (nowMs: number, place: QueuePlace | null) => {
      const permit = router.admit('s', of, nowMs, atMs + DEADLINE_MS, SETTINGS, place);
      if (permit === null) {
        if (nowMs >= atMs + DEADLINE_MS) {
          if (place) router.leave('s', place);
          return tell('late', nowMs);
        }
        const isOver = place !== null && nowMs >= place.untilMs;
        const next = isOver ? router.renew('s', place, nowMs, nowMs + patienceMs) : (place ?? enter(nowMs));
        if (next === null) return tell('refused', nowMs);
        const againMs = nowMs + router.pauseMs('s') * (0.5 + random());
        return events.at(againMs, () => ask(againMs, next));
      }
      let isOver = false;
      const end = (outcome: 'answered' | 'late', endMs: number) => {
        if (isOver) return;
        isOver = true;
        if (outcome === 'late') router.timedOut(permit, endMs, SETTINGS);
        else router.ended(permit, endMs, SETTINGS);
        tell(outcome, endMs);
      };
      const call: SentCall = {
        of: of.shardKey!,
        atMs,
        takesTurns: router.isDelayed('s', nowMs),
        answered: (endMs) => end('answered', endMs),
      };
      events.at(nowMs + oneWayMs, () => {
        sent(call);
        work(nowMs + oneWayMs);
      });
      events.at(atMs + DEADLINE_MS, () => end('late', atMs + DEADLINE_MS));
    };
    ask(atMs, null);
  };
  events.run();
  return { asked, wastedMs, inFlight: routers.reduce((sum, router) => sum + router.inFlight('s'), 0) };
}

/** In order of time; a heap. */
class Events {
  readonly #heap: { readonly atMs: number; readonly run: () => void }[] = [];

  at(atMs: number, run: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ atMs, run }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.atMs <= atMs) break;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  run(): void {
    for (let event = this.#take(); event !== undefined; event = this.#take()) event.run();
  }

  #take() {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= heap.length) return first;
      const least = left + 1 < heap.length && heap[left + 1]!.atMs < heap[left]!.atMs ? left + 1 : left;
      if (heap[at]!.atMs <= heap[least]!.atMs) return first;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
