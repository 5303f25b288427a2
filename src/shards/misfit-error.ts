import { requireStored } from '../model/codec.ts';
import { InvalidValueError } from '../model/invalid-value-error.ts';
import type { ColumnModel, WireValue } from '../model/types.ts';
import { ShardQLError } from './errors.ts';
import type { Misfit } from './misfit.ts';

/** The error of a field that would show a stored value that does not fit its column. It names the row. */
export function misfitError(misfit: Misfit): ShardQLError {
  const { table, column, expected, key } = misfit;
  const row = Object.entries(key).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return new ShardQLError(
    'INVALID_VALUE',
    `Expected ${table}.${column} to hold ${expected}, but got ${shown(misfit)} in the row { ${row.join(', ')} }. Give the row another value, or read it without the column.`,
    { table, field: column, key },
  );
}

const MAX_SHOWN_CHARACTERS = 64;

function shown({ storage, value }: Misfit): string {
  const text = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…` : value;
  switch (storage) {
    case 'text':
      return JSON.stringify(text);
    case 'blob':
      return `the bytes ${text}`;
    case 'failed':
      return 'a failure of its expression';
    default:
      return text;
  }
}

/**
 * Holds a value that stands for many rows (a key of groups, an extreme) to its column.
 *
 * @throws ShardQLError INVALID_VALUE. Which of the rows it is of is not known.
 */
export function requireFitting(column: ColumnModel, value: WireValue): void {
  try {
    requireStored(column, value);
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    throw new ShardQLError(
      'INVALID_VALUE',
      `${column.name}: ${error.message} Some row holds it; give it another value.`,
      {
        field: column.name,
      },
    );
  }
}
