/**
 * Stored values that do not fit their column: the model has changed since they were written, or they came past the API.
 * A shard puts a misfit where a row would have the column's wire value, so that it is never mistaken for one.
 */
import type { WireValue } from '../model/types.ts';

/** A stored value, exactly. */
export interface StoredValue {
  /** SQLite's storage class; `failed`: an expression that is worked out when it is read, and fails. */
  readonly storage: 'integer' | 'real' | 'text' | 'blob' | 'failed';
  /** Digits, a text, or lower-case hex. */
  readonly value: string;
}

export interface Misfit extends StoredValue {
  /** GraphQL type and name. */
  readonly table: string;
  readonly column: string;
  /** What the column holds; stands after "Expected …: ". */
  readonly expected: string;
  /** Primary key of the row: wire values by column name. */
  readonly key: Readonly<Record<string, WireValue>>;
}

/** True for a misfit among the cells of a row: all other objects there are answers of relations, which have no storage. */
export const isMisfit = (cell: unknown): cell is Misfit =>
  typeof cell === 'object' && cell !== null && 'storage' in cell;

/** A stored value as one text, as it travels in cursors and boundaries: `i:5`, `r:1.5`, `t:soon`, `b:00ff`. */
export const packStored = ({ storage, value }: StoredValue): string => `${storage[0]}:${value}`;

const STORAGE_BY_TAG: Readonly<Record<string, StoredValue['storage']>> = {
  i: 'integer',
  r: 'real',
  t: 'text',
  b: 'blob',
};

export const unpackStored = (packed: string): StoredValue => ({
  storage: STORAGE_BY_TAG[packed[0]!] ?? 'failed',
  value: packed.slice(2),
});

const PACKED_FORM = /^(?:i:-?\d{1,19}|r:-?[0-9.e+-]{1,40}|t:[\s\S]*|b:(?:[0-9a-f]{2})*)$/;

/** True for texts that {@link packStored} makes of values that can be stored. */
export const isPackedStored = (text: string): boolean => PACKED_FORM.test(text) && text.isWellFormed();
