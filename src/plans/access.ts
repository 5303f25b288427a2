import type { Model } from '../model/types.ts';
import { type Access, EVERYTHING, rowsOf, type Source, type SourceParts } from '../shards/plan/source.ts';

/** Which rows the caller of an operation may see. */
export interface AccessRules {
  /** Equal for equal rules: plans are remembered by it. */
  readonly key: string;
  /** The rule for the rows of a type. */
  of(table: string): Access;
}

/** For now everybody sees everything. */
export const FULL_ACCESS: AccessRules = { key: 'everything', of: () => EVERYTHING };

/** What rows are planned for. */
export interface RowScope {
  readonly model: Model;
  readonly access: AccessRules;
}

/** The rows of a type that the caller may see: all sources of rows in the plans of operations are made here. */
export const visibleRows = (
  { access }: Pick<RowScope, 'access'>,
  table: string,
  parts: Omit<SourceParts, 'access'> = {},
): Source => rowsOf(table, { access: access.of(table), ...parts });
