import type { ColumnModel, Model, TableModel } from '../../../src/model/types.ts';

/**
 * Columns by which lists are usually filtered or ordered, times and enums, without an index that serves this within a
 * shard key. Nobody can tell from a model what its users will ask for, so this is advice; foreign keys and relations
 * are not: see `missing-indexes.ts`.
 */
export function unindexedFilters(model: Model): string[] {
  return model.tables
    .filter(hasListsWithinShardKey)
    .flatMap((table) =>
      table.columns
        .filter((column) => isUsual(column) && !isIndexed(table, column))
        .map(
          ({ sqlName }) =>
            `Consider an index on ${table.sqlName} (${table.shardKey.sqlName}, ${sqlName}): without one, a list that is ` +
            `filtered or ordered by ${sqlName} reads all rows of its shard key, and one of all shard keys reads all rows.`,
        ),
    );
}

/** False if a shard key has one row at most. */
const hasListsWithinShardKey = ({ primaryKey, uniqueKeys, shardKey }: TableModel): boolean =>
  ![primaryKey, ...uniqueKeys].some(({ columns }) => columns.length === 1 && columns[0] === shardKey);

const isUsual = ({ scalar }: ColumnModel): boolean => scalar === 'DateTime' || scalar === 'Enum';

/** An index serves if the column is the first one after the shard key. */
function isIndexed({ primaryKey, uniqueKeys, indexes, shardKey }: TableModel, { name }: ColumnModel): boolean {
  const keys = [primaryKey, ...uniqueKeys].map(({ columns }) => columns.map((column) => column.name));
  const declared = indexes.filter(({ partial }) => !partial).map(({ columns }) => columns);
  return [...keys, ...declared].some(([first, second]) => first === shardKey.name && second === name);
}
