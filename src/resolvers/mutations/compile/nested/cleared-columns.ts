import type { RelationModel, TableModel } from '../../../../model/types.ts';
import { badUserInput } from '../../../../plans/bad-user-input.ts';
import type { WireValues } from '../../../../shards/operation.ts';

/** NULL for those of a relation's columns that can be NULL, so that it leads nowhere; null if none can. */
export function clearedColumns(table: TableModel, columns: readonly string[]): WireValues | null {
  const nullable = columns.filter((name) => {
    const column = table.columnByName.get(name)!;
    return !column.notNull && !column.generated && !table.primaryKey.columns.includes(column);
  });
  return nullable.length === 0 ? null : Object.fromEntries(nullable.map((name) => [name, null]));
}

/**
 * The same, where it has to be done.
 *
 * @param table whose rows hold the columns.
 * @throws ShardQLError BAD_USER_INPUT
 */
export function requireClearable(table: TableModel, relation: RelationModel, columns: readonly string[]): WireValues {
  const cleared = clearedColumns(table, columns);
  if (cleared !== null) return cleared;
  const which = columns.length === 0 ? 'its shard key' : columns.join(', ');
  throw badUserInput(
    `Expected rows that can do without "${relation.name}", but got ${table.typeName}, of which ${which} cannot be null. Delete the ${table.typeName}, or connect it to another row.`,
    { table: table.typeName, field: columns[0] ?? table.shardKey.name },
  );
}
