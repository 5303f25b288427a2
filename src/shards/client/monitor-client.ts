import { report } from '../../events/report.ts';
import { inTime, type Timers, wait } from '../../lib/timers.ts';
import type { IsolateReport } from '../isolate-report.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ObjectNamespace } from './routing/router-env.ts';

/** Between two reports of an isolate, at least. */
const INTERVAL_MS = 10_000;
/** A monitor that takes longer is as one that fails. The platform lets work go on for 30 seconds after an answer. */
const PATIENCE_MS = 5_000;
/** A monitor that fails is logged once in this time. */
const LOGGED_EVERY_MS = 60_000;

export interface MonitorClientOptions {
  readonly timers: Timers;
  /** A UUID of the isolate. */
  readonly isolate: string;
  /** What is new; null: nothing. */
  readonly take: () => Omit<IsolateReport, 'isolate' | 'sequence' | 'fromMs' | 'toMs' | 'release'> | null;
}

/** An invocation of the Worker: stubs and timers belong to one. */
interface ReportingInvocation {
  readonly monitors: ObjectNamespace | undefined;
  readonly release: string | null;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Tells the monitor what an isolate counts: once in ten seconds at most, after an answer, and never in a request's way.
 *
 * A report that may not have arrived is sent again as it is, under its number, before anything else: it counts once, whether it has
 * arrived or not. Meanwhile counts go on, so nothing is lost and nothing grows.
 */
export class MonitorClient {
  readonly #options: MonitorClientOptions;
  #sequence = 0;
  #takenAtMs: number;
  /** Sent, and not known to have arrived. */
  #unconfirmed: IsolateReport | null = null;
  /** A request of the isolate is about to report until then. */
  #armedUntilMs = Number.NEGATIVE_INFINITY;
  #loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: MonitorClientOptions) {
    this.#options = options;
    this.#takenAtMs = options.timers.now();
  }

  /** Something was counted: this invocation reports it in time, unless another is going to. */
  arm(invocation: ReportingInvocation): void {
    if (invocation.monitors === undefined) return;
    const { timers } = this.#options;
    const nowMs = timers.now();
    if (nowMs < this.#armedUntilMs) return;
    // Its invocation may be ended before it reports: then a later one does.
    this.#armedUntilMs = nowMs + INTERVAL_MS + PATIENCE_MS;
    invocation.waitUntil(this.#later(invocation));
  }

  /** Tells everything now, so that who asks the monitor next sees it. False: the monitor did not take it. */
  async flush(invocation: Omit<ReportingInvocation, 'waitUntil'>): Promise<boolean> {
    if (this.#unconfirmed !== null && !(await this.#send(this.#unconfirmed, invocation))) return false;
    const next = this.#next(invocation.release);
    return next === null || (await this.#send(next, invocation));
  }

  async #later(invocation: ReportingInvocation): Promise<void> {
    await wait(this.#options.timers, INTERVAL_MS);
    const due = this.#unconfirmed ?? this.#next(invocation.release);
    // From now on, what is counted is armed for by others.
    this.#armedUntilMs = Number.NEGATIVE_INFINITY;
    if (due !== null) await this.#send(due, invocation);
  }

  #next(release: string | null): IsolateReport | null {
    const { timers, isolate, take } = this.#options;
    const taken = take();
    if (taken === null) return null;
    const [fromMs, toMs] = [this.#takenAtMs, timers.now()];
    this.#takenAtMs = toMs;
    this.#sequence++;
    this.#unconfirmed = { ...taken, isolate, sequence: this.#sequence, release, fromMs, toMs };
    return this.#unconfirmed;
  }

  async #send(sent: IsolateReport, { monitors }: Pick<ReportingInvocation, 'monitors'>): Promise<boolean> {
    const { timers } = this.#options;
    try {
      const monitor = monitors!.get(monitors!.idFromName(MONITOR_NAME)) as MonitorRpc;
      const taken = monitor.reportIsolate(sent).then(() => true);
      if (!(await inTime(timers, taken, PATIENCE_MS, () => false))) throw new Error('It took too long.');
      if (this.#unconfirmed === sent) this.#unconfirmed = null;
      return true;
    } catch (error) {
      const nowMs = timers.now();
      if (nowMs >= this.#loggedAtMs + LOGGED_EVERY_MS) {
        this.#loggedAtMs = nowMs;
        report({ type: 'isolate-not-reported', error });
      }
      return false;
    }
  }
}
