/** Access rules as the layers below have them: made of the model option `access`. */

import type { Claim } from './access/claim.ts';
import type { WireValue } from './types.ts';

/** A `where` whose values may be claims. Columns go by their field names. */
export type RuleWhere = Readonly<Record<string, unknown>>;

/** The rows that a rule is true for; null: all rows. */
export type RowRule = RuleWhere | null;

/** A value that a rule gives, for the wire, or the claim that it is. */
export type PresetValue = WireValue | Claim;

/** What must hold of rows that are created. Columns go by their field names. */
export interface CreateRules {
  /** Columns that the caller may give. */
  readonly columns: ReadonlySet<string>;
  /** Columns that the rule gives; the caller may not. */
  readonly set: ReadonlyMap<string, PresetValue>;
  /** What new rows have to be, at the end of the request's transaction. */
  readonly check: RowRule;
}

/** A change that is allowed. */
interface Transition {
  readonly from: RuleWhere;
  readonly to: RuleWhere;
}

/** What must hold of rows that are updated. */
export interface UpdateRules extends CreateRules {
  /** Rows that may be changed, of those that may be read. */
  readonly where: RowRule;
  /** Null: any change is allowed. */
  readonly transitions: readonly Transition[] | null;
}

/** What a role may do with the rows of a table that it may read. */
export interface TableRules {
  /** Rows that may be read. */
  readonly read: RowRule;
  /** Columns that may be read; those of the primary key are among them. */
  readonly columns: ReadonlySet<string>;
  readonly aggregates: boolean;
  /** Null: as all lists. */
  readonly maxPageRows: number | null;
  /** Rows may be read as they were at earlier times. */
  readonly asOf: boolean;
  /** Null: no row may be created. */
  readonly create: CreateRules | null;
  /** Null: no row may be updated. */
  readonly update: UpdateRules | null;
  /** Rows that may be deleted, of those that may be read. Null: none may be. */
  readonly delete: { readonly where: RowRule } | null;
}

/** What a role may do, by type; types that are missing do not exist for it. */
export type RoleRules = ReadonlyMap<string, TableRules>;
