import type { ColumnKind } from '../../shards/column-kind.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

const isInt64 = (text: string): boolean => {
  if (!/^-?(0|[1-9][0-9]{0,18})$/.test(text)) return false;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX;
};

/**
 * True if `value` could be a wire value of the column. Cursors and node ids come back from clients, who may have
 * forged them: what does not pass here never reaches a shard.
 */
export function isWireValue(column: ColumnKind, value: unknown): boolean {
  if (value === null) return !column.notNull;
  switch (column.wire) {
    case 'int':
      return Number.isSafeInteger(value);
    case 'real':
      return Number.isFinite(value);
    case 'text':
    case 'jsonBlob':
      return typeof value === 'string' && value.isWellFormed();
    case 'int64':
    case 'bigintBlob':
      return typeof value === 'string' && isInt64(value);
    case 'decimal':
      return typeof value === 'string' && value.length <= 400 && /^-?[0-9]+(\.[0-9]+)?$/.test(value);
    case 'blob':
      return typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value);
  }
}

const CANONICAL_INT64 = /^(?:0|-?[1-9][0-9]*)$/;
const CANONICAL_DECIMAL = /^(?:0|-?(?:0\.[0-9]*[1-9]|[1-9][0-9]*(?:\.[0-9]*[1-9])?))$/;
const MAX_DECIMAL_DIGITS = 15;

/**
 * True if `value` is the one wire value that reads of the column give for it. SQLite finds a row by `1.50` too where `1.5` is
 * stored, but what is cached by that name no change of the row would reach. So keys from clients are taken in this form alone.
 */
export function isCanonicalWire(column: ColumnKind, value: unknown): boolean {
  if (!isWireValue(column, value)) return false;
  if (typeof value !== 'string') return !Object.is(value, -0);
  switch (column.wire) {
    case 'int64':
    case 'bigintBlob':
      return CANONICAL_INT64.test(value);
    case 'decimal':
      return CANONICAL_DECIMAL.test(value) && significantDigits(value) <= MAX_DECIMAL_DIGITS;
    default:
      return true;
  }
}

const significantDigits = (decimal: string): number => decimal.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
