import { type Requirement, STRONG } from '../../cache/requirement.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { CONSISTENCY_MODES, type ConsistencyMode, type Model, type TableModel } from '../../model/types.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Source } from '../../shards/plan/source.ts';
import { visitPlan } from '../../shards/plan/visit-plan.ts';
import { mergeSeen, NOTHING_SEEN, type SeenVersions } from '../../shards/seen-versions.ts';
import { badUserInput } from '../bad-user-input.ts';
import type { IdSet } from '../filter/id-set.ts';
import type { AskedConsistency } from '../selection/asked-consistency.ts';
import { hasChangingRule } from './changing-rule.ts';

/** What a session has seen, as far as this request knows. */
export interface SessionState {
  /** What came with the request's token: reads at SESSION must hold it, and what this request has written. */
  readonly seen: SeenVersions;
  /** What this request has written: all its later reads must hold it. */
  readonly written: SeenVersions;
}

/**
 * Gathers what the parts of one read need: the tables' own modes, and what `@consistency` asks for. One read is answered
 * from one place, so all of it is as fresh as the strictest part asks.
 */
export class FreshnessNeeds {
  #isStrong = false;
  #maxStalenessMs: number | null = null;
  #isSession = false;
  /** Holds instead of whatever is asked, and of the tables' own modes. */
  readonly #fixed: AskedConsistency | undefined;

  constructor(fixed?: AskedConsistency) {
    this.#fixed = fixed;
    // Also where nothing is selected that could ask.
    this.#isStrong = fixed?.mode === 'STRONG';
  }

  /**
   * The directive stands at a field of this table's rows.
   *
   * @throws ShardQLError BAD_USER_INPUT if the table does not allow the mode.
   */
  check({ typeName, cache: { strongest, weakest } }: TableModel, own: AskedConsistency | undefined): void {
    if (this.#fixed !== undefined || own === undefined || clamp(own.mode, strongest, weakest) === own.mode) return;
    throw notAllowed(typeName, strongest, weakest, own.mode);
  }

  /**
   * Something of a table's rows is part of the read. What is asked further outside, for many tables at once, is taken as
   * near to it as the table allows.
   *
   * @param asked undefined: the table's own mode.
   */
  require({ cache }: TableModel, asked: AskedConsistency | undefined): void {
    if (this.#fixed !== undefined) {
      this.#add(this.#fixed.mode, this.#fixed.maxStalenessMs ?? cache.maxStalenessMs);
      return;
    }
    const mode = asked === undefined ? cache.mode : clamp(asked.mode, cache.strongest, cache.weakest);
    this.#add(mode, asked?.maxStalenessMs ?? cache.maxStalenessMs);
  }

  /**
   * The read looks at a table's rows, whether or not something of them is selected: it is not weaker than the table allows.
   * What is selected of them has required more.
   */
  requireSeen({ cache: { weakest, maxStalenessMs } }: TableModel): void {
    if (weakest !== 'BOUNDED' || this.#maxStalenessMs === null) this.#add(weakest, maxStalenessMs);
  }

  /** A column of the read is always read STRONG. */
  requireStrong(): void {
    this.#isStrong = true;
  }

  /**
   * What the tables of a made plan and of its id sets require, whatever was asked: filters, orders and aggregates look at
   * tables too of which nothing is selected, and an answer reveals what they saw.
   */
  requirePlan(model: Model, plan: CompiledPlan, idSets: readonly IdSet[]): void {
    for (const table of plan.tables) this.requireSeen(model.table(table));
    if (readsStrongColumn(model, plan.node) || hasChangingRule(model, plan.node)) this.requireStrong();
    for (const idSet of idSets) this.requirePlan(model, idSet.plan, idSet.inner);
  }

  requirement({ seen, written }: SessionState): Requirement {
    if (this.#isStrong) return STRONG;
    const isSession = this.#isSession || written !== NOTHING_SEEN;
    const maxStalenessMs = this.#maxStalenessMs;
    return {
      mode: maxStalenessMs !== null ? 'BOUNDED' : isSession ? 'SESSION' : 'CACHED',
      maxStalenessMs,
      seen: this.#isSession ? mergeSeen(seen, written) : written,
    };
  }

  #add(mode: ConsistencyMode, maxStalenessMs: number): void {
    switch (mode) {
      case 'STRONG':
        this.#isStrong = true;
        break;
      case 'BOUNDED':
        this.#maxStalenessMs = Math.min(this.#maxStalenessMs ?? Number.POSITIVE_INFINITY, maxStalenessMs);
        break;
      case 'SESSION':
        this.#isSession = true;
        break;
      case 'CACHED':
        break;
    }
  }
}

const rankOf = (mode: ConsistencyMode): number => CONSISTENCY_MODES.indexOf(mode);

const clamp = (mode: ConsistencyMode, strongest: ConsistencyMode, weakest: ConsistencyMode): ConsistencyMode =>
  CONSISTENCY_MODES[Math.min(Math.max(rankOf(mode), rankOf(strongest)), rankOf(weakest))]!;

const notAllowed = (type: string, strongest: ConsistencyMode, weakest: ConsistencyMode, mode: ConsistencyMode) =>
  badUserInput(
    strongest === weakest
      ? `Expected @consistency of ${type} to be ${strongest}, the only mode that it allows, but got ${mode}.`
      : `Expected @consistency of ${type} to be from ${strongest} to ${weakest} (${CONSISTENCY_MODES.join(', ')}), but got ${mode}.`,
    { table: type },
  );

const hasStrongColumns = memoizeByObject(({ tables }: Model): boolean =>
  tables.some(({ cache }) => cache.strongColumns.length > 0),
);

/**
 * True if the plan selects, filters, searches, orders or computes by a column that is always read STRONG, or finds rows by
 * one.
 */
const readsStrongColumn = (model: Model, node: PlanNode): boolean =>
  hasStrongColumns(model) && mentionsStrongColumn(model, node);

function mentionsStrongColumn(model: Model, node: PlanNode): boolean {
  let found = false;
  const column = ({ table }: Source, name: string) => {
    found ||= model.table(table).cache.strongColumns.includes(name);
  };
  visitPlan(node, {
    column,
    source: (source) => {
      if (source.search === null) return;
      for (const { name } of model.table(source.table).search) column(source, name);
    },
  });
  return found;
}
