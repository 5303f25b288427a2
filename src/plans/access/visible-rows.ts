import type { Model } from '../../model/types.ts';
import { rowsOf, type Source, type SourceParts } from '../../shards/plan/source.ts';
import type { PlanValues } from '../plan-values.ts';
import type { AccessRules } from './access-rules.ts';

/** What rows are planned for. */
export interface RowScope {
  /** As the caller has it. */
  readonly model: Model;
  readonly access: AccessRules;
}

/** The same, within a plan. */
export interface PlanScope extends RowScope {
  /** Those of the plan. */
  readonly values: PlanValues;
}

/**
 * The rows of a type that the caller may see: all sources of rows in the plans of operations are made here, so no read shows
 * deleted rows that does not say so.
 *
 * No rule applies (`EVERYTHING`) to what is read for nobody in particular, or for operators:
 * - `internal-plans.ts`: exports and warming, which are the developer's;
 * - `src/cache`, `entries/row-entry.ts` and `audit/audit-change.ts`: entries hold rows for all callers, and a read with a
 *   rule is never answered from one;
 */
export function visibleRows({ model, access, values }: PlanScope, table: string, parts: VisibleParts = {}): Source {
  const { includeDeleted = false, ...others } = parts;
  const { softDelete } = model.table(table);
  const hiddenBy = includeDeleted ? null : (softDelete?.name ?? null);
  return rowsOf(table, { access: access.of(table, values), hiddenBy, ...others });
}

/** What is asked of rows besides which of them there are. */
export interface VisibleParts extends Omit<SourceParts, 'access' | 'hiddenBy'> {
  /** Rows that were deleted are shown like others, in tables that keep them. */
  readonly includeDeleted?: boolean;
}
