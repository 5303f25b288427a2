/** Conversions of column values between GraphQL, Drizzle, import files and the wire (see `WireKind`). */
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { InvalidValueError } from './invalid-value-error.ts';
import type { ColumnModel, WireValue } from './types.ts';
import { booleanCodec } from './values/boolean.ts';
import { bytesCodec } from './values/bytes.ts';
import { decimalCodec } from './values/decimal.ts';
import { enumCodec } from './values/enum.ts';
import { int64Codec, intCodec, integerIdCodec } from './values/integer.ts';
import { jsonCodec } from './values/json.ts';
import { isoCodec, millisecondsCodec, secondsCodec } from './values/moment.ts';
import { realCodec } from './values/real.ts';
import { textCodec, textIdCodec } from './values/text.ts';
import type { ValueCodec } from './values/value-codec.ts';
import { WIRE_KINDS } from './wire-kinds.ts';

/**
 * A GraphQL input value, after its scalar parsed it, as wire value. Enums come as GraphQL names.
 *
 * @throws {InvalidValueError} if the column cannot hold it exactly.
 */
export const inputToWire = (column: ColumnModel, value: unknown): WireValue =>
  isNull(value) ? null : codecOf(column).fromInput(value);

/**
 * A GraphQL input value that is compared with values of the column. It may lie between two of them: a moment within a
 * second, of a column of seconds.
 *
 * @throws {InvalidValueError} if it has no place among them.
 */
export function operandToWire(column: ColumnModel, value: unknown): WireValue {
  if (isNull(value)) return null;
  const codec = codecOf(column);
  return (codec.fromOperand ?? codec.fromInput)(value);
}

/** A wire value as the value that the column's GraphQL scalar serialises; enums as GraphQL names. */
export const wireToOutput = (column: ColumnModel, wire: WireValue): unknown =>
  wire === null ? null : codecOf(column).toOutput(wire);

/**
 * A wire value as users' code sees it: see `RowValues`. Integer keys are `ID` in GraphQL, and numbers here: code compares and
 * calculates with what the model declares.
 */
export const wireToCode = (column: ColumnModel, wire: WireValue): unknown =>
  column.wire === 'int' && column.scalar === 'ID' ? wire : wireToOutput(column, wire);

/**
 * Holds a value that was read from a column to what the column declares. NULL always fits.
 *
 * @param wire as the wire kind has it, where the stored value is of the column's kind; else whatever SQLite made of it.
 * @param storage SQLite's `typeof` of the stored value; left out where only the wire value is known.
 * @throws {InvalidValueError} if no writer could have stored it.
 */
export function requireStored(column: ColumnModel, wire: unknown, storage?: string): void {
  if (isNull(wire)) return;
  const classes: readonly string[] = WIRE_KINDS[column.wire].storage;
  if (storage !== undefined && !classes.includes(storage)) {
    throw new InvalidValueError(`a value stored as ${classes.join(' or ')}`, wire);
  }
  codecOf(column).requireWire(wire);
}

/** The check of {@link requireStored} for many values of one column. */
export const wireCheckOf = (column: ColumnModel): ((wire: unknown) => void) => codecOf(column).requireWire;

/**
 * A JavaScript value as Drizzle has it (`Date`, `bigint`, `Uint8Array`, …), such as of `$defaultFn`, as wire value.
 *
 * @throws {InvalidValueError} if the column cannot hold it exactly; SQL expressions it cannot hold either.
 */
export const driverToWire = (column: ColumnModel, value: unknown): WireValue =>
  isNull(value) ? null : codecOf(column).fromDriver(value);

/**
 * A cell of an import file (any JSON value) as wire value. Cells have the column's natural JSON type, or are text, as
 * in CSV: numbers as decimal text; booleans as `true`, `false`, `1`, `0`; moments as ISO 8601 or as numbers in the
 * column's unit; JSON columns as the value itself or, if the cell is text, as JSON text; bytes as base64; enums as
 * stored or by GraphQL name.
 *
 * @throws {InvalidValueError} if the column cannot hold it exactly.
 */
export const importCellToWire = (column: ColumnModel, cell: unknown): WireValue =>
  isNull(cell) ? null : codecOf(column).fromImport(cell);

const isNull = (value: unknown): value is null | undefined => value === null || value === undefined;

const codecOf = memoizeByObject((column: ColumnModel): ValueCodec => {
  switch (column.scalar) {
    case 'ID':
      return idCodec(column);
    case 'String':
      return textCodec;
    case 'Int':
      return intCodec;
    case 'Float':
      return realCodec;
    case 'Boolean':
      return booleanCodec;
    case 'DateTime':
      return momentCodec(column);
    case 'JSON':
      return jsonCodec;
    case 'Bytes':
      return bytesCodec;
    case 'BigInt':
      return int64Codec;
    case 'Decimal':
      return decimalCodec;
    case 'Enum':
      return enumCodec(column);
  }
});

function idCodec({ wire }: ColumnModel): ValueCodec {
  switch (wire) {
    case 'int':
      return integerIdCodec;
    case 'int64':
    case 'bigintBlob':
      return int64Codec;
    case 'blob':
      return bytesCodec;
    default:
      return textIdCodec;
  }
}

function momentCodec({ dateTime }: ColumnModel): ValueCodec {
  switch (dateTime) {
    case 'seconds':
      return secondsCodec;
    case 'milliseconds':
      return millisecondsCodec;
    default:
      return isoCodec;
  }
}
