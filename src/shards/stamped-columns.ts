import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { ColumnModel, Model, TableModel } from '../model/types.ts';

/**
 * The column sets of a table whose values are stamped: those by which lookups and relations find its rows (unique keys,
 * foreign keys, to-many relations), without the shard key and in the table's column order. A change of a row stamps the
 * buckets of its old and of its new values in each; so an answer that holds all rows with some value in such a set depends
 * on one bucket.
 */
export const stampedColumnSets = memoizeByObject((table: TableModel, model: Model): readonly (readonly string[])[] => {
  const sets = [
    ...[...table.uniqueKeys, ...table.foreignKeys].map(({ columns }) => columns.map(({ name }) => name)),
    ...model.tables.flatMap(({ relations }) =>
      relations.flatMap(({ targetType, to, through }) => [
        ...(targetType === table.typeName && through === null ? [to] : []),
        ...(through?.type === table.typeName ? [through.from, through.to] : []),
      ]),
    ),
  ];
  const byText = new Map(sets.map((columns) => withoutShardKey(table, columns)).map((set) => [set.join(), set]));
  const primaryKey = withoutShardKey(table, table.primaryKey.names).join();
  return [...byText.values()].filter((set) => set.length > 0 && set.join() !== primaryKey);
});

/** All columns that decide the buckets of a row: its primary key's, and those of its stamped column sets. */
export const stampedColumns = (model: Model, table: TableModel): readonly ColumnModel[] => [
  ...new Set([
    ...table.primaryKey.columns,
    ...stampedColumnSets(table, model).flatMap((names) => names.map((name) => table.columnByName.get(name)!)),
  ]),
];

/** A column set in the table's order, as buckets name it. */
export function withoutShardKey(table: TableModel, columns: readonly string[]): string[] {
  const wanted = new Set(columns);
  return table.columns.map(({ name }) => name).filter((name) => wanted.has(name) && name !== table.shardKey.name);
}
