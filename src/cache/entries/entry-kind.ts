import type { Model, TableModel } from '../../model/types.ts';
import { type PlanNode, VERSION_COLUMN } from '../../shards/plan/node.ts';
import { tablesOf } from '../../shards/plan/tables-of.ts';
import { stampedColumnSets, withoutShardKey } from '../../shards/stamped-columns.ts';

/** What the answers of a plan are kept as; decides their names, and how much of a change concerns them. */
export type EntryKind =
  /** One row by its primary key, with all its columns: serves every selection of columns. */
  | { readonly kind: 'row' }
  /** The rows with some values in a stamped column set. */
  | { readonly kind: 'lookup'; readonly columns: readonly string[] }
  /** Any other plan: a whole tree. */
  | { readonly kind: 'plan' };

const ROW: EntryKind = { kind: 'row' };
const PLAN: EntryKind = { kind: 'plan' };

/** `isKeyed`: the shard keys of the keys are known. Without that, answers depend on all shards, and only plans describe them. */
export function entryKind(model: Model, node: PlanNode, isKeyed: boolean): EntryKind {
  if (!isKeyed) return PLAN;
  const table = model.table(node.table);
  if (isRowByKey(table, node)) return ROW;
  // A table that is named twice has rows in the answer that do not have the key's values.
  if (tablesOf(node).length > 1) return PLAN;
  const columns = withoutShardKey(table, node.match).join();
  const set = stampedColumnSets(table, model).find((candidate) => candidate.join() === columns);
  return set === undefined ? PLAN : { kind: 'lookup', columns: set };
}

/** Whatever the access rule is, and whatever hides rows: a row is cached without regard to who may see it, and to whether it is shown. */
const isRowByKey = (
  table: TableModel,
  { page, filter, search, through, relations, match, columns }: PlanNode,
): boolean =>
  page === null &&
  filter === null &&
  search === null &&
  through === null &&
  relations.length === 0 &&
  match.length === table.primaryKey.names.length &&
  table.primaryKey.names.every((name) => match.includes(name)) &&
  columns.every((name) => name === VERSION_COLUMN || table.columnByName.has(name));
