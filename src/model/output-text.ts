import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { wireToOutput } from './codec.ts';
import type { ColumnModel, WireValue } from './types.ts';

/** JSON text of a value that is not null; null: its GraphQL scalar refuses it. */
type ToText = (value: unknown) => string | null;

const MAX_INT = 2 ** 31 - 1;
const MIN_INT = -(2 ** 31);

const texts: ToText = (value) => (typeof value === 'string' ? JSON.stringify(value) : null);

/** GraphQL's `Int`. */
export const intText: ToText = (value) =>
  Number.isInteger(value) && (value as number) <= MAX_INT && (value as number) >= MIN_INT
    ? JSON.stringify(value)
    : null;

/** GraphQL's `Float`. */
export const floatText: ToText = (value) => (Number.isFinite(value) ? JSON.stringify(value) : null);

/** What `JSON.stringify` makes of a value that `wireToOutput` gives for the column, once its GraphQL scalar has taken it. */
export function outputToText({ scalar }: Pick<ColumnModel, 'scalar'>): ToText {
  switch (scalar) {
    case 'Int':
      return intText;
    case 'Float':
      return floatText;
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : null);
    case 'JSON':
      return (value) => JSON.stringify(value) ?? null;
    // Names of enums too: what is no value of theirs has none.
    default:
      return texts;
  }
}

/** The same of wire values of a column. */
export const wireToText = memoizeByObject(
  (column: ColumnModel): ((wire: Exclude<WireValue, null>) => string | null) => {
    const toText = outputToText(column);
    return isShownAsItIs(column) ? toText : (wire) => toText(wireToOutput(column, wire));
  },
);

/** Its wire values are what the API shows. */
function isShownAsItIs({ scalar, wire, dateTime }: ColumnModel): boolean {
  switch (scalar) {
    case 'String':
    case 'Int':
    case 'Float':
    case 'BigInt':
    case 'Decimal':
      return true;
    case 'ID':
      return wire === 'text';
    case 'DateTime':
      return dateTime === 'iso';
    default:
      return false;
  }
}
