import { headline } from '../../../events/describe-error.ts';
import { report } from '../../../events/report.ts';
import { inTime, systemTimers, wait } from '../../../lib/timers.ts';
import { staleMigrations } from '../../../model/physical.ts';
import type { MigrationBundle, Model } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { type MigrationPlan, migrationPlan } from '../../migration-plan.ts';
import { type MigrationProblem, reportProblem, type ShardMigration } from '../../migration-report.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import type { WallClock } from '../clock.ts';
import { lastMigration, readMigrations } from '../tables/migrations-table.ts';
import { enforceForeignKeys } from './foreign-key-enforcement.ts';
import type { Pending } from './history.ts';
import { Installation } from './installation.ts';
import { MigrationRefused } from './migration-refused.ts';
import { fullProblem, isProblem, NOTHING_PENDING, pendingOf, restoreProblem, tagsOf } from './pending-of.ts';
import { DEFAULT_REBUILD_LIMITS, type RebuildLimits, RebuildSteps } from './rebuild/rebuild-steps.ts';
import { rebuildToSettle } from './rebuild/settling.ts';
import { migrating, notMigrated } from './refusals.ts';
import { tryMigrations } from './try-migrations.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** How long one call works in steps before it tells how far it is: the platform limits the CPU time of each. */
const CALL_MS = 1_000;
/** How long a request waits for a migration before it is told to come again. */
const PATIENCE_MS = 10_000;

/** Has the migrations checked in all shards, and then applied: {@link Migrator.apply} is called meanwhile. */
export type Coordinate = (plan: MigrationPlan) => Promise<void>;

interface Failure {
  readonly error: ShardQLError;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly retryAtMs: number;
}

/**
 * Brings the database to the schema of the bundle. A new database is migrated on first use. One that has migrations
 * behind it is not: its rows may not fit, and other shards would have committed by then. So the first request has the
 * whole fleet checked, and waits.
 *
 * All that is pending is one transaction with its records: a crash leaves the old schema or the new one. Until it is the
 * new one the shard refuses; a failed attempt is repeated by a later request, ever less often. What that transaction would take too long
 * for is done in steps, before it and after it (`rebuild/`): then requests do not wait.
 */
export class Migrator {
  readonly #storage: DurableObjectStorage;
  readonly #model: Model;
  readonly #bundle: MigrationBundle;
  readonly #wallClock: WallClock;
  /** Null: there is no catalog, and the shard migrates by itself. */
  readonly #coordinate: Coordinate | null;
  /** Memory follows what was committed, in the same turn. */
  readonly #onCommit: () => void;
  readonly #steps: RebuildSteps;
  readonly #installation: Installation;
  #isDone = false;
  /** What is pending is done in steps, which take longer than a request can wait. */
  #isLong = false;
  #running: Promise<ShardQLError | null> | null = null;
  #failure: Failure | null = null;
  #failureCount = 0;
  readonly #done = Promise.withResolvers<null>();
  /** Work that may switch foreign keys off: one after another, and no request meanwhile. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #turns = 0;

  constructor(
    storage: DurableObjectStorage,
    model: Model,
    bundle: MigrationBundle,
    wallClock: WallClock,
    coordinate: Coordinate | null = null,
    onCommit: () => void = () => {},
    limits: Partial<RebuildLimits> = {},
  ) {
    this.#storage = storage;
    this.#model = model;
    this.#bundle = bundle;
    this.#wallClock = wallClock;
    this.#coordinate = coordinate;
    this.#onCommit = onCommit;
    this.#steps = new RebuildSteps(storage, model, wallClock, { ...DEFAULT_REBUILD_LIMITS, ...limits }, onCommit);
    this.#installation = new Installation(storage, model, bundle, wallClock);
  }

  /** The schema is that of the model, and nothing is tried on it: requests may run. */
  get isReady(): boolean {
    return this.#isDone && !this.isMigrating;
  }

  /** Something is tried on the schema, or changed of it. */
  get isMigrating(): boolean {
    return this.#turns > 0;
  }

  /** Migrates, or has the fleet migrated, if that is due. Gives null once requests may run, else the reason to refuse. */
  async migrate(): Promise<ShardQLError | null> {
    while (!this.isReady) {
      if (this.#isDone) await this.#lastTurn;
      else {
        const refusal = await this.#attemptOnce();
        if (refusal) return refusal;
      }
    }
    return null;
  }

  /** Waits until foreign keys are enforced, so that something can be written. Migrates a database that is new. */
  async settle(): Promise<void> {
    if (this.#isDone || readMigrations(new SqlSession(this.#storage.sql)).length > 0) await this.#lastTurn;
    else await this.migrate();
  }

  /** What the plan, which may be another release's, would do here. Everything is tried, and taken back, unless it has to be copied first. */
  check(plan: MigrationPlan): Promise<ShardMigration> {
    return this.#inTurn(async () => {
      const session = new SqlSession(this.#storage.sql);
      await enforceForeignKeys(this.#storage, session);
      const last = lastMigration(session);
      const settling = await this.#steps.settle(0);
      if (settling) return { state: 'SETTLING', last, ...NOTHING_PENDING, problems: [], progress: settling };
      const pending = pendingOf(plan, session);
      if (isProblem(pending)) return { state: 'REFUSED', last, ...NOTHING_PENDING, problems: [pending] };
      const unwanted = this.#steps.hasUnwanted(pending) ? ({ hasUnwanted: true } as const) : {};
      if (pending.steps.length === 0) {
        return { state: 'UP_TO_DATE', last, ...NOTHING_PENDING, problems: [], ...unwanted };
      }
      const restore = restoreProblem(session);
      if (restore) return { state: 'REFUSED', last, ...tagsOf(pending), problems: [restore] };
      const copying = this.#steps.behind(pending);
      if (copying) return { state: 'COPYING', last, ...tagsOf(pending), problems: [], progress: copying };
      const changes = this.#steps.atOnce(pending);
      const atOnce = changes.length > 0 ? { atOnce: changes } : {};
      const problems = await this.#run(session, pending, false);
      const state = problems.length === 0 ? 'PENDING' : 'REFUSED';
      return { state, last, ...tagsOf(pending), problems, ...atOnce, ...unwanted };
    });
  }

  /**
   * Works at what takes long, for about a second, and then tells like {@link check} how far it is. Requests are served meanwhile if this is
   * the release before: they wait for one step at most, and have half of the time.
   */
  async work(plan: MigrationPlan): Promise<ShardMigration> {
    const untilMs = this.#wallClock() + CALL_MS;
    do {
      const step = await this.#inTurn(() => this.#workOnce(plan, untilMs));
      if (typeof step !== 'number') return step;
      if (step === 0) break;
      if (this.#isDone) await wait(systemTimers, step);
    } while (this.#wallClock() < untilMs);
    return await this.check(plan);
  }

  /** Gives how long it has worked, in milliseconds, 0 if there was nothing to do; or why it cannot. */
  async #workOnce(plan: MigrationPlan, untilMs: number): Promise<number | ShardMigration> {
    const session = new SqlSession(this.#storage.sql);
    await enforceForeignKeys(this.#storage, session);
    if (await this.#steps.settle(untilMs)) return 0;
    const pending = pendingOf(plan, session);
    if (isProblem(pending)) return 0;
    this.#steps.dropUnwanted(pending);
    if (pending.steps.length === 0) return 0;
    const copying = this.#steps.behind(pending);
    if (copying === null) return 0;
    const refused = (problems: readonly MigrationProblem[]): ShardMigration => ({
      ...{ state: 'REFUSED', last: lastMigration(session), ...tagsOf(pending), problems, progress: copying },
    });
    if (this.#steps.isFull) return refused([fullProblem(copying.table)]);
    try {
      return Math.max(1, await this.#steps.copyNext(pending));
    } catch (error) {
      if (error instanceof MigrationRefused) return refused(error.problems);
      throw error;
    }
  }

  /** Applies what is pending, if the plan is this release's; null: it is not. Tells how far it is if that takes longer than a second. */
  async apply(planId: string): Promise<ShardMigration | null> {
    if (this.#ownHashProblem() || planId !== this.#ownPlan.id) return null;
    const applied = await this.#applyOwn(this.#wallClock() + CALL_MS);
    const session = new SqlSession(this.#storage.sql);
    const last = lastMigration(session);
    if (applied.state === 'UP_TO_DATE') return { ...applied, last, ...NOTHING_PENDING };
    const pending = pendingOf(this.#ownPlan, session);
    return { ...applied, last, ...(isProblem(pending) ? NOTHING_PENDING : tagsOf(pending)) };
  }

  /** Callers share one attempt. */
  async #attemptOnce(): Promise<ShardQLError | null> {
    const failure = this.#failure;
    if (failure && this.#wallClock() < failure.retryAtMs) return this.#refusal(failure);
    this.#running ??= this.#attempt().finally(() => {
      this.#running = null;
    });
    if (this.#isLong) return migrating();
    // Requests need not wait for the other shards.
    const attempt = Promise.race([this.#running, this.#done.promise]);
    return await inTime(systemTimers, attempt, PATIENCE_MS, migrating);
  }

  async #attempt(): Promise<ShardQLError | null> {
    const error =
      this.#ownHashProblem() ??
      (this.#installation.isComplete(new SqlSession(this.#storage.sql)) ? this.#end() : await this.#bringUpToDate());
    if (error === null) return null;
    const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failureCount++);
    this.#failure = { error, retryAtMs: this.#wallClock() + delayMs };
    return this.#refusal(this.#failure);
  }

  #refusal({ error, retryAtMs }: Failure): ShardQLError {
    if (error.details.retryable !== true) return error;
    const retryAfterMs = Math.max(1, Math.ceil(retryAtMs - this.#wallClock()));
    return new ShardQLError(error.code, error.message, { ...error.details, retryAfterMs });
  }

  #ownHashProblem(): ShardQLError | null {
    const stale = staleMigrations(this.#model, this.#bundle);
    return stale === null ? null : new ShardQLError('MIGRATION_FAILED', stale);
  }

  /** Gives why the shard is not at the schema of its release. */
  async #bringUpToDate(): Promise<ShardQLError | null> {
    const session = new SqlSession(this.#storage.sql);
    const pending = pendingOf(this.#ownPlan, session);
    if (isProblem(pending)) {
      reportProblem(pending);
      return notMigrated();
    }
    const isNew = readMigrations(session).length === 0;
    this.#isLong = rebuildToSettle(session) !== null || this.#steps.behind(pending) !== null;
    try {
      const isOfAll = (pending.steps.length > 0 || this.#isLong) && !isNew;
      if (isOfAll && this.#coordinate) await this.#coordinate(this.#ownPlan);
      if (!this.#isDone && (!isOfAll || !this.#coordinate || this.#isMigrated(session))) {
        for (const problem of await this.#applyAll()) reportProblem(problem);
      }
    } catch (cause) {
      report({ type: 'migration-failed', message: headline(cause) });
    } finally {
      this.#isLong = false;
    }
    return this.#isDone ? null : notMigrated();
  }

  /** Nothing is pending, though something may still be to be completed. */
  #isMigrated(session: SqlSession): boolean {
    const pending = pendingOf(this.#ownPlan, session);
    return !isProblem(pending) && pending.steps.length === 0;
  }

  get #ownPlan(): MigrationPlan {
    return migrationPlan(this.#bundle, this.#model);
  }

  /** Without other shards, and however long it takes. Gives what it was refused for, if it was; else the schema is that of the model. */
  async #applyAll(): Promise<readonly MigrationProblem[]> {
    for (;;) {
      const applied = await this.#applyOwn(Number.POSITIVE_INFINITY);
      if (applied.state !== 'COPYING') return applied.problems;
      const worked = await this.work(this.#ownPlan);
      if (worked.state === 'REFUSED') return worked.problems;
    }
  }

  /** `untilMs`: no step begins after that; what is left then is done by the next call. */
  #applyOwn(untilMs: number): Promise<Applied> {
    return this.#inTurn(async () => {
      const session = new SqlSession(this.#storage.sql);
      await enforceForeignKeys(this.#storage, session);
      if (this.#installation.isComplete(session)) return this.#applied();
      const before = await this.#steps.settle(untilMs);
      if (before) return { state: 'SETTLING', problems: [], progress: before };
      const pending = pendingOf(this.#ownPlan, session);
      if (isProblem(pending)) return { state: 'REFUSED', problems: [pending] };
      const restore = pending.steps.length === 0 && !pending.isAhead ? null : restoreProblem(session);
      if (restore) return { state: 'REFUSED', problems: [restore] };
      if (pending.steps.length > 0) {
        this.#steps.dropUnwanted(pending);
        const copying = this.#steps.behind(pending);
        if (copying) return { state: 'COPYING', problems: [], progress: copying };
        const problems = await this.#run(session, pending, true);
        if (problems.length > 0) return { state: 'REFUSED', problems };
      }
      const settling =
        (await this.#steps.settle(untilMs)) ?? (await this.#installation.complete(session, pending, untilMs));
      return settling ? { state: 'SETTLING', problems: [], progress: settling } : this.#applied();
    });
  }

  #applied(): Applied {
    this.#end();
    return { state: 'UP_TO_DATE', problems: [] };
  }

  #end(): null {
    this.#isDone = true;
    this.#failure = null;
    this.#done.resolve(null);
    return null;
  }

  /** Runs what is pending in one transaction, which stays only if `keeps` is true and nothing is wrong. */
  async #run(session: SqlSession, pending: Pending, keeps: boolean): Promise<readonly MigrationProblem[]> {
    const run = { model: this.#model, pending, copied: this.#steps.copied(pending), nowMs: this.#wallClock() };
    const isDone = keeps ? () => this.#installation.installTriggers(session) : null;
    const problems = await tryMigrations(this.#storage, session, run, isDone);
    if (keeps && problems.length === 0) this.#onCommit();
    return problems;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#turns++;
    const turn = this.#lastTurn.then(work).finally(() => this.#turns--);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }
}

/** What became of an attempt to bring the shard to the schema of its release. */
type Applied = Pick<ShardMigration, 'state' | 'problems' | 'progress'>;
