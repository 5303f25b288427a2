import type { TableModel } from '../../model/types.ts';
import { columnViolation } from '../../model/violations.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { violationError } from '../../shards/violation-error.ts';
import type { DecodedRow } from './row-decoder.ts';

/**
 * Why a shard would refuse a row for the values that it gives: NULL in a NOT NULL column, or one that breaks a rule of its column.
 * Null: for nothing that shows without the shard. Columns that the row leaves out keep their values where it is there already, or
 * get their defaults, so neither they nor the row as a whole are judged.
 *
 * @throws RuleError for a rule that is itself wrong.
 */
export function tryRow(table: TableModel, { columns, row }: DecodedRow): ShardQLError | null {
  for (const [index, name] of columns.entries()) {
    const column = table.columnByName.get(name)!;
    const value = row.cells[index]!;
    if (value === null && column.notNull) {
      const message = `Expected a value for ${table.typeName}.${name}, but got none.`;
      return new ShardQLError('NOT_NULL_VIOLATION', message, { table: table.typeName, field: name });
    }
    const violation = columnViolation(table, column, value);
    if (violation !== null) return violationError(table, violation);
  }
  return null;
}
