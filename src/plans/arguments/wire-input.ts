import { inputToWire, operandToWire } from '../../model/codec.ts';
import { InvalidValueError } from '../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { badUserInput } from '../bad-user-input.ts';

/** The wire value of a GraphQL input value that is not null; `BAD_USER_INPUT` names the column otherwise. */
export const toWire = (table: TableModel, column: ColumnModel, value: unknown): Exclude<WireValue, null> =>
  converted(table, column, value, inputToWire);

/** The same for what is only compared with the column's values. */
export const toOperand = (table: TableModel, column: ColumnModel, value: unknown): Exclude<WireValue, null> =>
  converted(table, column, value, operandToWire);

function converted(
  table: TableModel,
  column: ColumnModel,
  value: unknown,
  convert: typeof inputToWire,
): Exclude<WireValue, null> {
  requireValue(table, column, value);
  try {
    return convert(column, value) as Exclude<WireValue, null>;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    const details = { table: table.typeName, field: column.name };
    throw badUserInput(`${table.typeName}.${column.name}: ${error.message}`, details);
  }
}

/** The double nearest to a number, or to a decimal text of any length: what sums and averages count as in filters. */
export function toDouble(table: TableModel, column: ColumnModel, value: unknown): number {
  requireValue(table, column, value);
  return toWire(table, column, Number(value)) as number;
}

function requireValue({ typeName }: TableModel, { name }: ColumnModel, value: unknown): void {
  if (value !== null && value !== undefined) return;
  throw badUserInput(`Expected a value for ${typeName}.${name}, but got null.`, { table: typeName, field: name });
}
