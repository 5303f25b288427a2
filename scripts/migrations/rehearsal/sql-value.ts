/** A value as SQLite stores it: INTEGER as bigint, REAL as number, TEXT, BLOB. */
export type SqlValue = null | bigint | number | string | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

export const areEqual = (a: SqlValue, b: SqlValue): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b;

/** For messages: short, and legible whatever it is. */
export function showValue(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (value instanceof Uint8Array) return `the bytes x'${Buffer.from(value.subarray(0, 20)).toString('hex')}'`;
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
