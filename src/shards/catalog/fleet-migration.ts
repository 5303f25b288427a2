import { ConcurrencyLimit } from '../../lib/concurrency-limit.ts';
import { DEFAULT_SHARDS_AT_ONCE } from '../migration-limits.ts';
import type { MigrationPlan } from '../migration-plan.ts';
import {
  type FleetMigrationReport,
  type MigrationProgress,
  type MigrationStepProgress,
  type NamedShardMigration,
  reportProblem,
  type ShardMigration,
  UNKNOWN_PLACE,
} from '../migration-report.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import type { ShardRpc } from '../protocol/shard-rpc.ts';

/** Of a call to a shard that the platform reports as failed for a moment. */
const ATTEMPTS = 3;
/** Pause before what failed is tried again without being insisted on; it doubles each time. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** How long shards that still run another release may apply a plan without being checked again, once they run its own. */
const CHECK_LIFE_MS = 600_000;

interface Failure {
  readonly planId: string;
  readonly shards: readonly NamedShardMigration[];
  readonly count: number;
  readonly retryAtMs: number;
}

/** All shards were found fit for a plan. */
interface Checked {
  readonly planId: string;
  readonly shards: readonly NamedShardMigration[];
  readonly untilMs: number;
}

/**
 * Migrates all shards or, as far as that can be known before, none: each first tries the plan on its rows and takes it
 * back, and only if none refuses does the first one commit.
 *
 * Nothing of this is stored here: each shard's own records say what it has behind it. Killed at any moment, a next run
 * checks the shards that are left, and then applies the plan to them.
 */
export class FleetMigration {
  readonly #names: () => readonly string[];
  readonly #shard: (name: string) => ShardRpc;
  readonly #now: () => number;
  #running: { readonly planId: string; readonly outcome: Promise<FleetMigrationReport> } | null = null;
  #progress: MigrationProgress | null = null;
  /** An operator has asked for another plan: what takes long of this one is not gone on with. */
  #isGivenUp = false;
  #failure: Failure | null = null;
  #checked: Checked | null = null;

  /** `names`: of all shards. `shard`: a new stub of one. `now`: milliseconds since 1970. */
  constructor(names: () => readonly string[], shard: (name: string) => ShardRpc, now: () => number) {
    this.#names = names;
    this.#shard = shard;
    this.#now = now;
  }

  /** Null: no run is under way. */
  get progress(): MigrationProgress | null {
    return this.#running && this.#progress;
  }

  /** A shard may have gone back to a database of before: what was found of it does not hold any more. */
  forget(): void {
    this.#checked = null;
    this.#failure = null;
  }

  async check(plan: MigrationPlan): Promise<FleetMigrationReport> {
    return { shards: await this.#checkAll(plan, this.#names(), DEFAULT_SHARDS_AT_ONCE, () => {}, false), applied: 0 };
  }

  /**
   * Callers with the same plan share one run; runs of several plans go one after another. One that is insisted on ends the steps of the run
   * before it, which stay as they are.
   *
   * @param atOnce greatest number of shards that are asked at once.
   */
  async run(plan: MigrationPlan, insists: boolean, atOnce = DEFAULT_SHARDS_AT_ONCE): Promise<FleetMigrationReport> {
    while (this.#running) {
      const { planId, outcome } = this.#running;
      if (planId === plan.id) return await outcome;
      this.#isGivenUp ||= insists;
      await outcome.catch(() => {});
    }
    this.#isGivenUp = false;
    const failure = this.#failure?.planId === plan.id && !insists ? this.#failure : null;
    if (failure && this.#now() < failure.retryAtMs) return { shards: failure.shards, applied: 0 };
    const outcome = this.#runOnce(plan, failure, atOnce).finally(() => {
      this.#running = null;
    });
    // The report goes to the caller who insists; others see it in the log.
    if (!insists) void outcome.then(log, () => {});
    this.#running = { planId: plan.id, outcome };
    return await outcome;
  }

  async #runOnce(plan: MigrationPlan, failure: Failure | null, atOnce: number): Promise<FleetMigrationReport> {
    const checked = await this.#checkedShards(plan, failure, atOnce);
    if (checked.some(isStopped)) return this.#failed(plan, checked, 0);
    if (checked.some(isUnderWay)) return { shards: checked, applied: 0 };
    const applied = await this.#applyAll(plan, checked, atOnce);
    const count = applied.filter(
      ({ state }, index) => state !== checked[index]!.state && state === 'UP_TO_DATE',
    ).length;
    if (applied.some(isStopped)) return this.#failed(plan, applied, count);
    if (applied.some(isUnderWay)) return { shards: applied, applied: count };
    this.#checked = { planId: plan.id, shards: applied, untilMs: this.#now() + CHECK_LIFE_MS };
    this.#failure = null;
    return { shards: applied, applied: count };
  }

  async #checkedShards(
    plan: MigrationPlan,
    failure: Failure | null,
    atOnce: number,
  ): Promise<readonly NamedShardMigration[]> {
    const names = this.#names();
    const checked = this.#checked;
    const isKnown =
      checked?.planId === plan.id && this.#now() < checked.untilMs && checked.shards.length === names.length;
    if (isKnown) return checked.shards;
    const count = this.#countTo('check', names.length);
    if (failure) {
      // As long as those refuse that did so before, there is no need that all others try again.
      const stopped = failure.shards.filter(isStopped).map(({ shard }) => shard);
      const again = await this.#checkAll(plan, stopped, atOnce, () => {});
      if (again.some(isStopped)) {
        return failure.shards.map((before) => again.find(({ shard }) => shard === before.shard) ?? before);
      }
    }
    return await this.#checkAll(plan, names, atOnce, count);
  }

  /** `works`: shards first do what takes long. */
  #checkAll(
    plan: MigrationPlan,
    names: readonly string[],
    atOnce: number,
    count: () => void,
    works = true,
  ): Promise<NamedShardMigration[]> {
    const limit = new ConcurrencyLimit(atOnce);
    return Promise.all(
      names.map((shard) =>
        limit.run(async () => {
          const found = await this.#ask(shard, (stub) => stub.checkMigrations({ protocol: PROTOCOL, plan }));
          const ended = works ? await this.#workedOut(shard, plan, found) : found;
          count();
          return { shard, ...ended };
        }),
      ),
    );
  }

  /** Has a shard do what takes long, about a second at a time, until it has ended or cannot go on. */
  async #workedOut(shard: string, plan: MigrationPlan, found: ShardMigration): Promise<ShardMigration> {
    const work = () => this.#ask(shard, (stub) => stub.workOnMigrations({ protocol: PROTOCOL, plan }));
    // Copies that another plan has wanted.
    let now = found.hasUnwanted ? await work() : found;
    while (isUnderWay(now) && !this.#isGivenUp) {
      this.#progress = this.#progress && { ...this.#progress, steps: { shard, state: now.state, ...now.progress } };
      now = await work();
    }
    return now;
  }

  /** Has a shard apply the plan; null: it runs another release. */
  async #applied(shard: string, plan: MigrationPlan): Promise<ShardMigration | null> {
    for (;;) {
      const applied = await this.#ask(shard, (stub) => stub.applyMigrations(plan.id));
      if (applied === null || !isUnderWay(applied)) return applied;
      const worked = await this.#workedOut(shard, plan, applied);
      if (isStopped(worked) || isUnderWay(worked)) return worked;
    }
  }

  /**
   * One shard first, the canary, unless one has the migrations behind it: only if it has migrated, and says so when it is asked again, do
   * others begin. After that, none begins any more once one has refused. Those that run another release stay pending.
   */
  async #applyAll(
    plan: MigrationPlan,
    checked: readonly NamedShardMigration[],
    atOnce: number,
  ): Promise<NamedShardMigration[]> {
    const pending = checked.filter(({ state }) => state === 'PENDING');
    const count = this.#countTo('apply', pending.length);
    const appliedByShard = new Map<string, NamedShardMigration>();
    let isStopping = false;
    const apply = async ({ shard }: NamedShardMigration): Promise<void> => {
      if (isStopping || this.#isGivenUp) return;
      const applied = await this.#applied(shard, plan);
      count();
      if (applied === null) return;
      appliedByShard.set(shard, { shard, ...applied });
      isStopping ||= isStopped(applied);
    };
    const rest = [...pending];
    const isTried = checked.some(({ state }) => state === 'UP_TO_DATE');
    while (!isTried && rest.length > 0 && appliedByShard.size === 0) {
      const canary = rest.shift()!;
      await apply(canary);
      if (isStopping || !appliedByShard.has(canary.shard)) continue;
      const [looked] = await this.#checkAll(plan, [canary.shard], 1, () => {});
      if (looked!.state === 'UP_TO_DATE') continue;
      appliedByShard.set(canary.shard, looked!);
      isStopping = true;
    }
    const limit = new ConcurrencyLimit(atOnce);
    await Promise.all(rest.map((each) => limit.run(() => apply(each))));
    return checked.map((before) => appliedByShard.get(before.shard) ?? before);
  }

  async #ask<Answer extends ShardMigration | null>(
    name: string,
    ask: (stub: ShardRpc) => Promise<Answer>,
  ): Promise<Answer | ShardMigration> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(this.#shard(name));
      } catch (error) {
        const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
        if (attempt === ATTEMPTS || !retryable || overloaded) return unreachable(error);
      }
    }
  }

  #countTo(step: MigrationProgress['step'], total: number): () => void {
    this.#progress = { step, done: 0, total };
    let done = 0;
    return () => {
      this.#progress = { step, done: ++done, total };
    };
  }

  #failed(plan: MigrationPlan, shards: readonly NamedShardMigration[], applied: number): FleetMigrationReport {
    const count = this.#failure?.planId === plan.id ? this.#failure.count + 1 : 0;
    const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** count);
    this.#failure = { planId: plan.id, shards, count, retryAtMs: this.#now() + delayMs };
    this.#checked = null;
    return { shards, applied };
  }
}

function log({ shards }: FleetMigrationReport): void {
  for (const { shard, problems } of shards) for (const problem of problems) reportProblem(problem, shard);
}

/** It has more to do, and tells how far it is. */
const isUnderWay = (
  migration: ShardMigration,
): migration is ShardMigration & { readonly state: 'COPYING' | 'SETTLING'; readonly progress: MigrationStepProgress } =>
  (migration.state === 'COPYING' || migration.state === 'SETTLING') && migration.progress !== undefined;

const isStopped = ({ state }: ShardMigration): boolean => state === 'REFUSED' || state === 'UNREACHABLE';

function unreachable(error: unknown): ShardMigration {
  const reason = error instanceof Error ? error.message : String(error);
  const problem = { kind: 'UNREACHABLE' as const, ...UNKNOWN_PLACE, message: sentenceOf(reason) };
  return { state: 'UNREACHABLE', last: null, pending: [], skipped: [], problems: [problem] };
}

function sentenceOf(reason: string): string {
  if (/does not implement/.test(reason)) {
    return 'Expected a shard that can be asked, but got one that still runs a release without this question. Ask again in a minute.';
  }
  if (/\bSQLITE_FULL\b/.test(reason)) {
    return 'Expected a shard with room for the migration, but got one at the limit of the platform, which has taken back what it could not do. What the migration rewrites has to fit beside the rows: delete or purge some first, with the release before.';
  }
  if (/\bCPU\b/i.test(reason)) {
    return 'Expected a migration within the CPU time of a call, but got one that takes longer, and was taken back. "Large tables" in docs/changing-the-model.md tells what is done in steps; else raise limits.cpu_ms.';
  }
  return `Expected an answer, but got: ${reason.replace(/\.$/, '')}.`;
}
