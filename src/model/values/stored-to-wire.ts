import type { ColumnModel, WireValue } from '../types.ts';
import { WIRE_KINDS } from '../wire-kinds.ts';

/** A value as SQLite stores it; `integer`s are decimal text, as they may exceed 2^53. */
export type StoredValue =
  | { readonly type: 'null' }
  | { readonly type: 'integer'; readonly digits: string }
  | { readonly type: 'real'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'blob'; readonly value: ArrayBuffer };

/** A stored value as wire value: exactly what a read of the column gives. */
export function storedToWire({ wire }: Pick<ColumnModel, 'wire'>, stored: StoredValue): WireValue {
  const { fromInteger, fromReal, fromBlob } = WIRE_KINDS[wire];
  switch (stored.type) {
    case 'null':
      return null;
    case 'integer':
      return fromInteger(stored.digits);
    case 'real':
      return fromReal(stored.value);
    case 'text':
      return stored.value;
    case 'blob':
      return fromBlob(stored.value);
  }
}
