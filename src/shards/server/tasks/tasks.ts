import { report } from '../../../events/report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { readTasks, removeTask, writeTask } from '../tables/tasks-table.ts';

/** An alarm that is so much overdue (in milliseconds) was lost: the platform gives up on handlers that failed often. */
const LOST_AFTER_MS = 60_000;
/** When a task that failed is run again. */
const RETRY_MS = 10_000;

/** The tasks of a shard. They are stored: a name that is not listed any more may still be due. */
type TaskName = 'publish' | 'restore' | 'trim';

/** Those that are never scheduled further ahead than `MAX_AHEAD_MS`. */
const PROMPT: ReadonlySet<string> = new Set<TaskName>(['publish', 'restore']);
const MAX_AHEAD_MS = 60_000;

/**
 * The work that a shard does by itself, by name. Each may run at any time, and again after a crash in the middle: it finds
 * out by the database what is left to do, does as much as one alarm may take, and schedules the rest. It may also run before
 * the shard has migrated: one that works with tables of the model has to wait for the migrator itself.
 */
export type TaskRunners<Name extends string> = Readonly<Record<Name, () => Promise<void>>>;

/** Makes sure that the work is done by then. Times are milliseconds since 1970. */
export type Schedule = (atMs: number, nowMs: number) => void;

/**
 * Durable work with due times. A Durable Object has one alarm: it is set to the earliest due time, and runs what is due.
 * What is scheduled is stored in the same turn: with the commit that it is scheduled after, or not at all.
 */
export class Tasks<Name extends string = TaskName> {
  readonly #storage: Pick<DurableObjectStorage, 'setAlarm' | 'deleteAlarm'>;
  readonly #session: SqlSession;
  readonly #now: () => number;
  readonly #runners: TaskRunners<Name>;
  readonly #dueAtMsByName: Map<string, number>;
  /** Null: none is set. A life before may have set it: to set it again would cancel the one by which the object was woken. */
  #alarmAtMs: number | null;
  #isInAlarm = false;

  constructor(
    storage: Pick<DurableObjectStorage, 'setAlarm' | 'deleteAlarm'>,
    session: SqlSession,
    now: () => number,
    runners: TaskRunners<Name>,
  ) {
    this.#storage = storage;
    this.#session = session;
    this.#now = now;
    this.#runners = runners;
    this.#dueAtMsByName = new Map(readTasks(session).map(([name, dueAtMs]) => [name, dueAtMs]));
    this.#alarmAtMs = this.#earliestMs();
    const nowMs = now();
    for (const [name, dueAtMs] of this.#dueAtMsByName) {
      // A clock that was hours ahead has scheduled it. All other starts leave the alarm alone.
      if (PROMPT.has(name) && dueAtMs > nowMs + MAX_AHEAD_MS) this.scheduleBy(name as Name, nowMs + RETRY_MS, nowMs);
      // Its alarm was lost, and whoever waits for it may be behind a fence: there may be no write for days that schedules anything.
      if (isLost(dueAtMs, nowMs)) this.#setAlarm(nowMs);
    }
  }

  /** When it is due, in milliseconds since 1970; null: it is not scheduled. */
  dueAtMs(name: Name): number | null {
    return this.#dueAtMsByName.get(name) ?? null;
  }

  /**
   * Costs two rows written (the task and the alarm) only if the task is not scheduled for an earlier time.
   *
   * @param sinceSeq of the first log row that the work is about: the next life of the shard is told. 0: of any.
   */
  scheduleBy(name: Name, atMs: number, nowMs: number, sinceSeq = 0): void {
    const dueAtMs = this.#dueAtMsByName.get(name);
    if (dueAtMs === undefined || atMs < dueAtMs || isLost(dueAtMs, nowMs)) {
      this.#dueAtMsByName.set(name, atMs);
      writeTask(this.#session, name, atMs, sinceSeq);
    }
    this.#setAlarm(nowMs);
  }

  /**
   * The alarm went off: what is due runs side by side, so that none waits for another. The platform calls the next alarm once
   * all of it has ended. Never throws: the platform gives up on an alarm whose handler does.
   */
  async runDue(): Promise<void> {
    // Whatever this clock says, the task that the alarm was set for is due.
    const untilMs = Math.max(this.#now(), Math.min(...this.#dueAtMsByName.values()));
    this.#alarmAtMs = null;
    this.#isInAlarm = true;
    const due = [...this.#dueAtMsByName].filter(([, atMs]) => atMs <= untilMs).sort(([, a], [, b]) => a - b);
    for (const [name] of due) this.#dueAtMsByName.delete(name);
    const known: Name[] = [];
    for (const [name] of due) {
      if (this.#isKnown(name)) known.push(name);
      else removeTask(this.#session, name);
    }
    await Promise.all(known.map((name) => this.run(name)));
    this.#isInAlarm = false;
    this.#setAlarm(this.#now());
  }

  /** Runs a task now. Its row stays until the work is done, so that a crash in the middle leaves it due. Never throws. */
  async run(name: Name): Promise<void> {
    this.#dueAtMsByName.delete(name);
    try {
      await this.#runners[name]();
    } catch (error) {
      report({ type: 'task-failed', task: name, error });
      this.scheduleBy(name, this.#now() + RETRY_MS, this.#now());
    }
    if (!this.#dueAtMsByName.has(name)) removeTask(this.#session, name);
  }

  /** The work is done already: the alarm is set for what else is due, so that nobody is woken for nothing. */
  cancel(name: Name): void {
    if (!this.#dueAtMsByName.delete(name)) return;
    removeTask(this.#session, name);
    const dueAtMs = this.#earliestMs();
    // Once the alarm that runs has ended, it is set anyway.
    if (this.#isInAlarm || dueAtMs === this.#alarmAtMs) return;
    this.#alarmAtMs = dueAtMs;
    void (dueAtMs === null ? this.#storage.deleteAlarm() : this.#storage.setAlarm(dueAtMs));
  }

  /** Null: nothing is due, ever. */
  #earliestMs(): number | null {
    return this.#dueAtMsByName.size === 0 ? null : Math.min(...this.#dueAtMsByName.values());
  }

  /** Those that are not are of another release, which schedules them again if need be. */
  #isKnown(name: string): name is Name {
    return Object.hasOwn(this.#runners, name);
  }

  /** While the alarm runs, none is set: that would take the place of its repetition, should the shard die before the work is done. */
  #setAlarm(nowMs: number): void {
    const dueAtMs = this.#earliestMs();
    if (this.#isInAlarm || dueAtMs === null) return;
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= dueAtMs && !isLost(this.#alarmAtMs, nowMs)) return;
    this.#alarmAtMs = dueAtMs;
    void this.#storage.setAlarm(dueAtMs);
  }
}

const isLost = (atMs: number, nowMs: number): boolean => nowMs >= atMs + LOST_AFTER_MS;
