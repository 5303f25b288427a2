import { inputToWire } from '../model/codec.ts';
import { InvalidValueError } from '../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../model/types.ts';
import { badUserInput } from './bad-user-input.ts';

/** The wire value of a GraphQL input value that is not null; `BAD_USER_INPUT` names the column otherwise. */
export function toWire(table: TableModel, column: ColumnModel, value: unknown): Exclude<WireValue, null> {
  const details = { table: table.typeName, field: column.name };
  if (value === null || value === undefined) {
    throw badUserInput(`Expected a value for ${table.typeName}.${column.name}, but got null.`, details);
  }
  try {
    return inputToWire(column, value) as Exclude<WireValue, null>;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw badUserInput(`${table.typeName}.${column.name}: ${error.message}`, details);
  }
}
