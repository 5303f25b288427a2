/** How wire values become parameters and back; the wire kinds are described in `src/model/types.ts`. */
import type { ColumnModel, WireValue } from '../../../model/types.ts';

/** SQL for a parameter that holds {@link wireToBinding} of a value of this column. */
export function boundValueSql(column: ColumnModel, parameter: string): string {
  switch (column.wire) {
    case 'text':
    case 'real':
    case 'blob':
      return parameter;
    // JavaScript numbers bind as REAL, and integers beyond 2^53 travel as text.
    case 'int':
    case 'int64':
      return `CAST(${parameter} AS INTEGER)`;
    case 'decimal':
      return `CAST(${parameter} AS NUMERIC)`;
    case 'bigintBlob':
    case 'jsonBlob':
      return `CAST(${parameter} AS BLOB)`;
  }
}

/** The parameter for a wire value. */
export function wireToBinding(column: ColumnModel, value: WireValue): SqlStorageValue {
  // SQLite prints negative zero without its sign, so the log could not give it back.
  if (typeof value === 'number') return value + 0;
  if (column.wire === 'blob' && value !== null) return hexToBytes(value);
  return value;
}

/** SQL for a wire value taken from JSON; `reference` is text, a number or NULL. */
export const jsonValueSql = (column: ColumnModel, reference: string): string =>
  column.wire === 'blob' ? `unhex(${reference})` : boundValueSql(column, reference);

/** SQL for the wire value of a stored one. */
export function storedToWireSql(column: ColumnModel, reference: string): string {
  switch (column.wire) {
    case 'text':
    case 'real':
    case 'int':
      return reference;
    case 'blob':
      return `lower(hex(${reference}))`;
    case 'int64':
    case 'decimal':
    case 'bigintBlob':
    case 'jsonBlob':
      return `CAST(${reference} AS TEXT)`;
  }
}

function hexToBytes(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes.buffer;
}
