import { report } from '../../../events/report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { readTasks, removeTask, writeTask } from '../tables/tasks-table.ts';

/** An alarm that is so much overdue (in milliseconds) was lost: the platform gives up on handlers that failed often. */
const LOST_AFTER_MS = 60_000;
/** When a task that failed is run again. */
const RETRY_MS = 10_000;

/**
 * The work that a shard does by itself, by name. Each may run at any time, and again after a crash in the middle: it finds
 * out by the database what is left to do, does as much as a run of an alarm may take, and schedules the rest.
 */
export type TaskRunners = Readonly<Record<string, () => Promise<void>>>;

/** Makes sure that a task runs by then. Times are milliseconds since 1970. */
export type Schedule = (atMs: number, nowMs: number) => void;

/**
 * Durable work with due times. A Durable Object has one alarm: it is set to the earliest due time, and runs what is due.
 * What is scheduled is stored in the same turn: with the commit that it is scheduled after, or not at all.
 */
export class Tasks {
  readonly #storage: Pick<DurableObjectStorage, 'setAlarm'>;
  readonly #session: SqlSession;
  readonly #now: () => number;
  readonly #runners: TaskRunners;
  readonly #dueAtMsByName: Map<string, number>;
  /** Null: none is set, or it is not known. */
  #alarmAtMs: number | null = null;

  constructor(
    storage: Pick<DurableObjectStorage, 'setAlarm'>,
    session: SqlSession,
    now: () => number,
    runners: TaskRunners,
  ) {
    this.#storage = storage;
    this.#session = session;
    this.#now = now;
    this.#runners = runners;
    this.#dueAtMsByName = new Map(readTasks(session));
  }

  /** Costs two rows written (the task and the alarm) only if the task is not scheduled for an earlier time. */
  scheduleBy(name: string, atMs: number, nowMs: number): void {
    const dueAtMs = this.#dueAtMsByName.get(name);
    if (dueAtMs === undefined || atMs < dueAtMs || isLost(dueAtMs, nowMs)) {
      this.#dueAtMsByName.set(name, atMs);
      writeTask(this.#session, name, atMs);
    }
    this.#setAlarm(nowMs);
  }

  /** The alarm went off. Never throws: the platform gives up on an alarm whose handler does. */
  async runDue(): Promise<void> {
    // Whatever this clock says, the task that the alarm was set for is due.
    const untilMs = Math.max(this.#now(), Math.min(...this.#dueAtMsByName.values()));
    this.#alarmAtMs = null;
    const due = [...this.#dueAtMsByName].filter(([, atMs]) => atMs <= untilMs).sort(([, a], [, b]) => a - b);
    for (const [name] of due) this.#dueAtMsByName.delete(name);
    for (const [name] of due) await this.run(name);
    this.#setAlarm(this.#now());
  }

  /** Runs a task now. Its row stays until the work is done, so that a crash in the middle leaves it due. Never throws. */
  async run(name: string): Promise<void> {
    this.#dueAtMsByName.delete(name);
    try {
      // None: it is a task of another release, which schedules it again if need be.
      await this.#runners[name]?.();
    } catch (error) {
      report({ type: 'task-failed', task: name, error });
      this.scheduleBy(name, this.#now() + RETRY_MS, this.#now());
    }
    if (!this.#dueAtMsByName.has(name)) removeTask(this.#session, name);
  }

  #setAlarm(nowMs: number): void {
    if (this.#dueAtMsByName.size === 0) return;
    const dueAtMs = Math.min(...this.#dueAtMsByName.values());
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= dueAtMs && !isLost(this.#alarmAtMs, nowMs)) return;
    this.#alarmAtMs = dueAtMs;
    void this.#storage.setAlarm(dueAtMs);
  }
}

const isLost = (atMs: number, nowMs: number): boolean => nowMs >= atMs + LOST_AFTER_MS;
