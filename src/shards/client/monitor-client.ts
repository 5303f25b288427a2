import { report } from '../../events/report.ts';
import { inTime, type Timers, wait } from '../../lib/timers.ts';
import type { IsolateReport } from '../isolate-report.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ObjectNamespace } from './routing/router-env.ts';

/** Between two reports of an isolate, at least. */
const INTERVAL_MS = 10_000;
/** A monitor that takes longer is as one that fails. The platform lets work go on for 30 seconds after an answer. */
const PATIENCE_MS = 5_000;
const ARMED_MS = INTERVAL_MS + PATIENCE_MS;
/** The same for someone who waits for it: with the question that follows, less than the 10 seconds that Prometheus waits for a scrape. */
const FLUSH_PATIENCE_MS = 2_000;
/** A monitor that fails is logged once in this time. */
const LOGGED_EVERY_MS = 60_000;
/** A row of the monitor holds 2 MB, and a character takes three bytes at most. */
const MAX_REPORT_LENGTH = 600_000;
/** A report that fails so often, for five minutes at least, may be what makes the monitor fail. */
const MAX_ATTEMPTS = 30;

export interface MonitorClientOptions {
  readonly timers: Timers;
  /** A UUID of the isolate. */
  readonly isolate: string;
  /** What is new; null: nothing. */
  readonly take: () => Omit<IsolateReport, 'isolate' | 'sequence' | 'fromMs' | 'toMs' | 'release' | 'hasQueue'> | null;
}

/** An invocation of the Worker: stubs and timers belong to one. */
interface ReportingInvocation {
  readonly monitors: ObjectNamespace | undefined;
  readonly release: string | null;
  readonly hasQueue: boolean;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Tells the monitor what an isolate counts: once in ten seconds at most, after an answer, and never in a request's way.
 *
 * A report that may not have arrived is sent again as it is, under its number, before anything else: it counts once, whether it has
 * arrived or not. Meanwhile counts go on, so nothing is lost and nothing grows. There is never more than one such report, so the monitor
 * gets them in their order, however many invocations tell it at the same time. One that the monitor cannot take is dropped, with an event.
 */
export class MonitorClient {
  readonly #options: MonitorClientOptions;
  #sequence = 0;
  #takenAtMs: number;
  /** Sent, and not known to have arrived. */
  #unconfirmed: IsolateReport | null = null;
  /** Of {@link #unconfirmed}, that have failed. */
  #attempts = 0;
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
    // Further ahead it was set by a clock that has been set back since.
    if (nowMs < this.#armedUntilMs && this.#armedUntilMs - nowMs <= ARMED_MS) return;
    // Its invocation may be ended before it reports: then a later one does.
    this.#armedUntilMs = nowMs + ARMED_MS;
    invocation.waitUntil(this.#later(invocation));
  }

  /** Tells all that was counted before, so that who asks the monitor next sees it. False: the monitor did not take it. */
  async flush(invocation: Omit<ReportingInvocation, 'waitUntil'>): Promise<boolean> {
    const before = this.#unconfirmed;
    if (before !== null && !(await this.#send(before, invocation, FLUSH_PATIENCE_MS))) return false;
    // What another invocation has taken meanwhile holds it, too.
    const next = this.#unconfirmed ?? this.#next(invocation);
    return next === null || (await this.#send(next, invocation, FLUSH_PATIENCE_MS));
  }

  async #later(invocation: ReportingInvocation): Promise<void> {
    await wait(this.#options.timers, INTERVAL_MS);
    const due = this.#unconfirmed ?? this.#next(invocation);
    // From now on, what is counted is armed for by others.
    this.#armedUntilMs = Number.NEGATIVE_INFINITY;
    if (due !== null) await this.#send(due, invocation, PATIENCE_MS);
  }

  #next({ release, hasQueue }: Pick<ReportingInvocation, 'release' | 'hasQueue'>): IsolateReport | null {
    const { timers, isolate, take } = this.#options;
    const taken = take();
    if (taken === null) return null;
    const [fromMs, toMs] = [this.#takenAtMs, timers.now()];
    this.#takenAtMs = toMs;
    this.#sequence++;
    const made: IsolateReport = { ...taken, isolate, sequence: this.#sequence, release, hasQueue, fromMs, toMs };
    const { length } = JSON.stringify(made);
    if (length > MAX_REPORT_LENGTH) {
      this.#drop(`Expected at most ${MAX_REPORT_LENGTH} characters of a report, but got ${length}.`);
      return null;
    }
    this.#unconfirmed = made;
    this.#attempts = 0;
    return made;
  }

  async #send(
    sent: IsolateReport,
    { monitors }: Pick<ReportingInvocation, 'monitors'>,
    patienceMs: number,
  ): Promise<boolean> {
    const { timers } = this.#options;
    try {
      const monitor = monitors!.get(monitors!.idFromName(MONITOR_NAME)) as MonitorRpc;
      const taken = monitor.reportIsolate(sent).then(() => true);
      if (!(await inTime(timers, taken, patienceMs, () => false))) throw new Error('It took too long.');
      if (this.#unconfirmed === sent) this.#unconfirmed = null;
      return true;
    } catch (error) {
      this.#failed(sent, error);
      return false;
    }
  }

  #failed(sent: IsolateReport, error: unknown): void {
    const nowMs = this.#options.timers.now();
    if (nowMs >= this.#loggedAtMs + LOGGED_EVERY_MS || nowMs < this.#loggedAtMs) {
      this.#loggedAtMs = nowMs;
      report({ type: 'isolate-not-reported', error });
    }
    if (this.#unconfirmed !== sent || ++this.#attempts < MAX_ATTEMPTS) return;
    this.#unconfirmed = null;
    this.#drop(`Expected a monitor that takes a report, but got ${MAX_ATTEMPTS} failures.`);
  }

  #drop(reason: string): void {
    report({ type: 'isolate-report-dropped', reason });
  }
}
