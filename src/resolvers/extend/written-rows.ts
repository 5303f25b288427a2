/** What operations of a transaction of users' code will write, and values of it that later operations take. */

/** The value that a column has in a row which an earlier operation of the same transaction writes. */
export class ColumnReference<out Value = unknown> {
  /** For the compiler alone. */
  declare readonly value: Value;
  readonly row: WrittenRow;
  readonly column: string;

  constructor(row: WrittenRow, column: string) {
    this.row = row;
    this.column = column;
  }
}

/** A row that an operation of a transaction writes; what the callback returns of it is the row once it is written. */
// biome-ignore lint/suspicious/noExplicitAny: of whatever columns.
export class WrittenRow<out Row = any> {
  /** For the compiler alone. */
  declare readonly row: Row;
  /** Number of the operation in its transaction. */
  readonly operation: number;

  constructor(operation: number) {
    this.operation = operation;
  }

  /** Stands for the value of a column in the data of later operations. */
  ref<Column extends keyof Row & string>(column: Column): ColumnReference<Row[Column]> {
    return new ColumnReference(this, column);
  }
}

/** Rows that an operation on several of them writes; what the callback returns of it is a list of them. */
// biome-ignore lint/suspicious/noExplicitAny: of whatever columns.
export class WrittenRows<out Row = any> {
  /** For the compiler alone. */
  declare readonly rows: readonly Row[];
  /** Number of the operation in its transaction. */
  readonly operation: number;

  constructor(operation: number) {
    this.operation = operation;
  }
}

/** What a callback returned, with rows in place of what stood for them. */
export type Written<Value> =
  Value extends WrittenRow<infer Row>
    ? Row
    : Value extends WrittenRows<infer Row>
      ? readonly Row[]
      : Value extends readonly unknown[]
        ? { readonly [Index in keyof Value]: Written<Value[Index]> }
        : Value extends Readonly<Record<string, unknown>>
          ? { readonly [Name in keyof Value]: Written<Value[Name]> }
          : Value;

/** Puts rows in the place of what stands for them, also in lists and plain objects. */
export function withRows(value: unknown, rowsOf: (operation: number) => readonly unknown[]): unknown {
  if (value instanceof WrittenRow) return rowsOf(value.operation)[0] ?? null;
  if (value instanceof WrittenRows) return rowsOf(value.operation);
  if (Array.isArray(value)) return value.map((item) => withRows(item, rowsOf));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const holdsRows = Object.values(value).some((item) => typeof item === 'object' && item !== null);
  if (!holdsRows) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withRows(item, rowsOf)]));
}
