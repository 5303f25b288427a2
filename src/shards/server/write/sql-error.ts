/**
 * Translates what SQLite says of a failed write into the public errors, in the words of the model. What it does not
 * know is a bug and stays as it is: it is thrown, masked and reported above.
 */
import type { ColumnModel, Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { MAX_ROW_BYTES } from '../../limits.ts';
import { ROW_TOO_LARGE } from '../log/log-triggers.ts';

/** The public error for `error`; null if it is not about what the client sent. `FOREIGN KEY` errors need more, see there. */
export function translateSqlError(model: Model, table: TableModel, error: unknown): ShardQLError | null {
  const message = error instanceof Error ? error.message : '';
  const unique = /UNIQUE constraint failed: (.*?): SQLITE_CONSTRAINT/s.exec(message);
  if (unique) return uniqueViolation(model, table, unique[1]!);
  const notNull = /NOT NULL constraint failed: (.*?): SQLITE_CONSTRAINT/s.exec(message);
  if (notNull) return notNullViolation(model, table, notNull[1]!);
  const check = /CHECK constraint failed: (.*?): SQLITE_CONSTRAINT/s.exec(message);
  if (check) return checkViolation(model, table, check[1]!);
  const bytes = new RegExp(`${ROW_TOO_LARGE}(\\d+)`).exec(message);
  if (bytes) return rowTooLarge(table, `${Number(bytes[1]).toLocaleString('en-US')} bytes`);
  if (message.includes('string or blob too big')) return rowTooLarge(table, 'a larger value');
  if (message.includes('too many levels of trigger recursion')) return cascadesTooDeep(table);
  return null;
}

export const isForeignKeyError = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('FOREIGN KEY constraint failed');

/** `subject` is `table.column, table.column`, or `index 'name'` for an index on expressions. */
function uniqueViolation(model: Model, table: TableModel, subject: string): ShardQLError {
  const indexName = /^index '(.*)'$/s.exec(subject)?.[1];
  if (indexName !== undefined) return duplicate(ownerOfIndex(model, indexName) ?? table, indexName, []);
  const { owner, columns } = parseColumns(model, table, subject);
  const key = [owner.primaryKey, ...owner.uniqueKeys].find(
    (candidate) =>
      candidate.columns.length === columns.length && candidate.columns.every((column) => columns.includes(column)),
  );
  return duplicate(owner, key?.name, key?.byColumns ?? columns);
}

function duplicate(table: TableModel, constraint: string | undefined, columns: readonly ColumnModel[]): ShardQLError {
  const names = columns.map((column) => column.name).join(' and ');
  const subject = names ? `${table.typeName}.${names}` : table.typeName;
  return new ShardQLError('UNIQUE_VIOLATION', `Expected a unique ${subject}, but got one that another row has.`, {
    table: table.typeName,
    ...(columns.length === 1 ? { field: columns[0]!.name } : {}),
    ...(constraint === undefined ? {} : { constraint }),
  });
}

function notNullViolation(model: Model, table: TableModel, subject: string): ShardQLError {
  const { owner, columns } = parseColumns(model, table, subject);
  const field = columns[0]?.name;
  return new ShardQLError('NOT_NULL_VIOLATION', `Expected a value for ${owner.typeName}.${field}, but got none.`, {
    table: owner.typeName,
    ...(field === undefined ? {} : { field }),
  });
}

/** `subject` is the check's name; SQLite gives its text where it has none, and that is not shown. */
function checkViolation(model: Model, table: TableModel, subject: string): ShardQLError {
  const owner = [table, ...model.tables].find((candidate) => candidate.checks.includes(subject));
  const which = owner ? `check "${subject}"` : 'checks';
  return new ShardQLError(
    'CHECK_VIOLATION',
    `Expected a ${(owner ?? table).typeName} that satisfies its ${which}, but got one that does not.`,
    { table: (owner ?? table).typeName, ...(owner ? { constraint: subject } : {}) },
  );
}

export const rowTooLarge = (table: TableModel, got: string): ShardQLError =>
  new ShardQLError(
    'VALUE_TOO_LARGE',
    `Expected a ${table.typeName} of at most ${MAX_ROW_BYTES.toLocaleString('en-US')} bytes, change log included, but got ${got}.`,
    { table: table.typeName },
  );

const cascadesTooDeep = (table: TableModel): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected rows that refer to this ${table.typeName} through a few levels, but got more; change the deepest ones first.`,
    { table: table.typeName },
  );

const ownerOfIndex = (model: Model, indexName: string): TableModel | undefined =>
  model.tables.find((candidate) => candidate.indexes.some(({ name }) => name === indexName));

/** The failing table is not always the one written to: cascades fail in others. */
function parseColumns(model: Model, table: TableModel, subject: string): { owner: TableModel; columns: ColumnModel[] } {
  const parts = subject.split(', ');
  const owner = [table, ...model.tables].find((candidate) => parts[0]!.startsWith(`${candidate.sqlName}.`)) ?? table;
  const sqlNames = parts.map((part) => part.slice(owner.sqlName.length + 1));
  return { owner, columns: owner.columns.filter((column) => sqlNames.includes(column.sqlName)) };
}
