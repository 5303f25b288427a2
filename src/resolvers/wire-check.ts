import type { ColumnKind } from '../shards/column-kind.ts';

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
