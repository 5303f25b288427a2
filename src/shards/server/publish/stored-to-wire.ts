import type { ColumnModel, WireValue } from '../../../model/types.ts';
import type { StoredValue } from '../log/image.ts';
import { decimalToWire } from '../read/decimal.ts';
import { quoteName } from '../sql-text.ts';

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** A value of a log image as wire value: exactly what a read of the column gave while it was stored. */
export function storedToWire({ wire }: Pick<ColumnModel, 'wire'>, stored: StoredValue): WireValue {
  switch (stored.type) {
    case 'null':
      return null;
    case 'integer':
      if (wire === 'decimal') return decimalToWire(Number(stored.digits));
      return wire === 'int' || wire === 'real' ? Number(stored.digits) : stored.digits;
    case 'real':
      return wire === 'decimal' ? decimalToWire(stored.value) : stored.value;
    case 'text':
      return stored.value;
    case 'blob':
      return wire === 'blob' ? toHex(stored.value) : decoder.decode(stored.value);
  }
}

/** SQL for a column's value, which {@link cellToWire} then makes a wire value. */
export function cellSql({ sqlName, wire }: Pick<ColumnModel, 'sqlName' | 'wire'>): string {
  const column = quoteName(sqlName);
  return wire === 'int64' || wire === 'bigintBlob' || wire === 'jsonBlob' ? `CAST(${column} AS TEXT)` : column;
}

export function cellToWire({ wire }: Pick<ColumnModel, 'wire'>, cell: SqlStorageValue): WireValue {
  if (cell instanceof ArrayBuffer) return toHex(cell);
  return wire === 'decimal' && cell !== null ? decimalToWire(Number(cell)) : cell;
}

const toHex = (buffer: ArrayBuffer): string =>
  [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
