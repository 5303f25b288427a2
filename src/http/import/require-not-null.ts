import type { TableModel } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { DecodedRow } from './row-decoder.ts';

/**
 * The violation that a shard would report for a NULL in a NOT NULL column. Columns that the row leaves out are not
 * judged: they keep their values where the row is there already, which only its shard knows.
 */
export function requireNotNull(table: TableModel, { columns, row }: DecodedRow): ShardQLError | null {
  for (const [index, name] of columns.entries()) {
    if (row.cells[index] !== null || !table.columnByName.get(name)!.notNull) continue;
    const message = `Expected a value for ${table.typeName}.${name}, but got none.`;
    return new ShardQLError('NOT_NULL_VIOLATION', message, { table: table.typeName, field: name });
  }
  return null;
}
