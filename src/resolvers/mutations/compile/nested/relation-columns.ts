import { memoizeByObject } from '../../../../lib/memoize-by-object.ts';
import type { Model, RelationModel, TableModel } from '../../../../model/types.ts';

/** Columns of two rows that are equal where the rows are related. The pair of shard keys is not among them: all rows of a write have the same. */
export interface ColumnPair {
  readonly from: string;
  readonly to: string;
}

/** Which rows hold the columns by which rows of a co-located relation are related: those have to be written. */
export type RelationColumns =
  | {
      /** The row that has the relation, or those that it leads to. */
      readonly holder: 'source' | 'target';
      readonly pairs: readonly ColumnPair[];
    }
  | {
      /** Rows of a table of their own. Pairs lead to its columns. */
      readonly holder: 'join';
      readonly join: TableModel;
      readonly ofSource: readonly ColumnPair[];
      readonly ofTarget: readonly ColumnPair[];
    };

/** The columns of a relation of `table`, which is of `model`: a role's model has a join table with the rules of that role. */
export const relationColumns = (relation: RelationModel, table: TableModel, model: Model): RelationColumns =>
  columnsByModel(model)(relation, table);

/** Models of several roles share their relations. */
const columnsByModel = memoizeByObject((model: Model) =>
  memoizeByObject((relation: RelationModel, table: TableModel): RelationColumns => {
    const target = model.table(relation.targetType);
    const { through, from, to } = relation;
    if (through !== null) {
      const join = model.table(through.type);
      const toJoin = (side: readonly string[], columns: readonly string[]) =>
        pairsOf(side, columns).filter((pair) => pair.to !== join.shardKey.name);
      return { holder: 'join', join, ofSource: toJoin(from, through.from), ofTarget: toJoin(to, through.to) };
    }
    const pairs = pairsOf(from, to).filter((pair) => pair.to !== target.shardKey.name);
    return { holder: isHeldBySource(relation, table, target) ? 'source' : 'target', pairs };
  }),
);

const pairsOf = (from: readonly string[], to: readonly string[]): ColumnPair[] =>
  from.map((column, index) => ({ from: column, to: to[index]! }));

/** By the foreign key; without one, the row that is named by its primary key is the one that is referred to. */
function isHeldBySource({ kind, from, to }: RelationModel, source: TableModel, target: TableModel): boolean {
  if (kind === 'many') return false;
  if (refersTo(source, from, target, to)) return true;
  if (refersTo(target, to, source, from)) return false;
  return !isPrimaryKey(source, from) || isPrimaryKey(target, to);
}

const refersTo = (
  table: TableModel,
  columns: readonly string[],
  target: TableModel,
  targetColumns: readonly string[],
): boolean =>
  table.foreignKeys.some(
    (foreignKey) =>
      foreignKey.targetType === target.typeName &&
      foreignKey.columns.length === columns.length &&
      foreignKey.columns.every(
        ({ name }, index) => targetColumns[columns.indexOf(name)] === foreignKey.targetColumns[index],
      ),
  );

const isPrimaryKey = ({ primaryKey }: TableModel, columns: readonly string[]): boolean =>
  primaryKey.names.length === columns.length && primaryKey.names.every((name) => columns.includes(name));
