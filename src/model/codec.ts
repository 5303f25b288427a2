/** Conversions of column values between GraphQL, Drizzle, import files and the wire (see `WireKind`). */
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

/**
 * A GraphQL input value, after its scalar parsed it, as wire value. Enums come as GraphQL names.
 *
 * @throws {InvalidValueError} if the column cannot hold it exactly.
 */
export const inputToWire = (column: ColumnModel, value: unknown): WireValue =>
  isNull(value) ? null : codecOf(column).fromInput(value);

/** A wire value as the value that the column's GraphQL scalar serialises; enums as GraphQL names. */
export const wireToOutput = (column: ColumnModel, wire: WireValue): unknown =>
  wire === null ? null : codecOf(column).toOutput(wire);

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

const codecByColumn = new WeakMap<ColumnModel, ValueCodec>();

function codecOf(column: ColumnModel): ValueCodec {
  let codec = codecByColumn.get(column);
  if (codec === undefined) {
    codec = makeCodec(column);
    codecByColumn.set(column, codec);
  }
  return codec;
}

function makeCodec(column: ColumnModel): ValueCodec {
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
}

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
