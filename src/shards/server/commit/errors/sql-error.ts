/**
 * Translates what SQLite says of a failed write into the public errors, in the words of the model. What it does not
 * know is a bug and stays as it is: it is thrown, masked and reported above.
 */
import { withArticle } from '../../../../model/names.ts';
import { MAX_TRIGGER_DEPTH } from '../../../../model/rules/cascades.ts';
import type { ColumnModel, IndexModel, KeyModel, Model, TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import { MAX_ROW_BYTES } from '../../../limits.ts';
import { plannedIndexName } from '../../../sql/index-names.ts';
import { StatementError } from '../../../sql/statement-error.ts';
import { ROW_TOO_LARGE } from '../../log/log-triggers.ts';

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
  if (isCascadeTooDeep(error)) return cascadesTooDeep(table);
  if (message.includes('triggers nested too deep')) return tooManyCascades(table);
  if (!(error instanceof StatementError)) return null;
  if (error.code === 'SQLITE_CONSTRAINT_TRIGGER') return refusedByTrigger(table);
  return ['SQLITE_MISMATCH', 'SQLITE_CONSTRAINT_DATATYPE'].includes(error.code) ? wrongType(table) : null;
}

/** The cascades of a statement follow more rows, one after the other, than SQLite lets them. */
export const isCascadeTooDeep = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('too many levels of trigger recursion');

export const isForeignKeyError = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('FOREIGN KEY constraint failed');

/** `subject` is `table.column, table.column`, or `index 'name'` for an index on expressions. */
function uniqueViolation(model: Model, table: TableModel, subject: string): ShardQLError {
  const present = /^index '(.*)'$/s.exec(subject)?.[1];
  if (present !== undefined) {
    const indexName = plannedIndexName(present);
    const { owner, index } = findIndex(model, table, ({ name }) => name === indexName) ?? { owner: table };
    // Expressions are part of what clashes: the shard key alone never is.
    const columns = columnsOf(owner, index).filter((column) => column !== owner.shardKey);
    return duplicate(owner, indexName, columns);
  }
  const { owner, columns } = parseColumns(model, table, subject);
  const isOfAll = (others: readonly (ColumnModel | null)[]) =>
    others.length === columns.length && columns.every((column) => others.includes(column));
  const key = [owner.primaryKey, ...owner.uniqueKeys].find((candidate) => isOfAll(candidate.columns));
  if (key) return takenKey(owner, key);
  // No key that names rows: an index over some of the rows.
  const found = findIndex(model, owner, (index, of) => of === owner && index.unique && isOfAll(columnsOf(of, index)));
  return duplicate(owner, found?.index.name, besideShardKey(owner, columns));
}

/** Another row has a value of this key. */
export const takenKey = (table: TableModel, key: KeyModel): ShardQLError => duplicate(table, key.name, key.byColumns);

interface OwnedIndex {
  readonly owner: TableModel;
  readonly index: IndexModel;
}

function findIndex(
  model: Model,
  table: TableModel,
  isIt: (index: IndexModel, owner: TableModel) => boolean,
): OwnedIndex | undefined {
  for (const owner of [table, ...model.tables]) {
    const index = owner.indexes.find((candidate) => isIt(candidate, owner));
    if (index) return { owner, index };
  }
  return undefined;
}

const columnsOf = (owner: TableModel, index: IndexModel | undefined): ColumnModel[] =>
  (index?.columns ?? []).flatMap((name) => (name === null ? [] : [owner.columnByName.get(name)!]));

/** Rows of one shard key are unique among each other: it is not what clashes, unless there is nothing else. */
const besideShardKey = ({ shardKey }: TableModel, columns: readonly ColumnModel[]): readonly ColumnModel[] =>
  columns.length > 1 ? columns.filter((column) => column !== shardKey) : columns;

function duplicate(table: TableModel, constraint: string | undefined, columns: readonly ColumnModel[]): ShardQLError {
  const names = columns.map((column) => column.name).join(' and ');
  const subject = names ? `${table.typeName}.${names}` : table.typeName;
  const expected =
    names || constraint === undefined
      ? `Expected a unique ${subject}, but got one that another row has.`
      : `Expected ${withArticle(table.typeName)} that differs from others by its index "${constraint}", but got one that does not.`;
  return new ShardQLError('UNIQUE_VIOLATION', expected, {
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
    `Expected ${withArticle((owner ?? table).typeName)} that satisfies its ${which}, but got one that does not.`,
    { table: (owner ?? table).typeName, ...(owner ? { constraint: subject } : {}) },
  );
}

const rowTooLarge = (table: TableModel, got: string): ShardQLError =>
  new ShardQLError(
    'VALUE_TOO_LARGE',
    `Expected ${withArticle(table.typeName)} of at most ${MAX_ROW_BYTES.toLocaleString('en-US')} bytes, change log included, but got ${got}.`,
    { table: table.typeName },
  );

/** Of triggers that migrations make beside those of the model. Their messages are theirs. */
const refusedByTrigger = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'CHECK_VIOLATION',
    `Expected ${withArticle(typeName)} that its triggers let pass, but got another.`,
    {
      table: typeName,
    },
  );

const wrongType = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'INVALID_VALUE',
    `Expected values of the types that the columns of ${typeName} store, but got one of another type.`,
    { table: typeName },
  );

const cascadesTooDeep = (table: TableModel): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected rows that refer to this ${table.typeName} through a few levels, but got more; change the deepest ones first.`,
    { table: table.typeName },
  );

/** SQLite does not compile the statement, whatever rows there are: the tables have foreign keys that the model lacks. */
const tooManyCascades = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected foreign keys that nest at most ${MAX_TRIGGER_DEPTH} triggers when ${withArticle(typeName)} is written, but got more. Let one of those that cascade restrict instead.`,
    { table: typeName },
  );

/**
 * The failing table is not always the one written to: cascades fail in others. Names may hold dots, but no commas; the table
 * is the one that has all of the columns.
 */
function parseColumns(model: Model, table: TableModel, subject: string): { owner: TableModel; columns: ColumnModel[] } {
  const parts = subject.split(', ');
  const named = (owner: TableModel) =>
    owner.columns.filter(({ sqlName }) => parts.includes(`${owner.sqlName}.${sqlName}`));
  const owner = [table, ...model.tables].find((candidate) => named(candidate).length === parts.length) ?? table;
  return { owner, columns: named(owner) };
}
