import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import { withArticle } from '../../../model/names.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { cellToWire, wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import { MAX_COLUMNS } from '../../limits.ts';
import { isRowReference, type OperationValue, type RowKey, type Target, type WireValues } from '../../operation.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { versionToText } from '../../version.ts';
import { cellSql } from '../freshness/cell-sql.ts';
import { loggedTable } from '../log/logged-table.ts';
import { decodeHead } from '../log/row-image.ts';
import { keyImageSql } from '../log/row-image-sql.ts';
import { readImageBefore } from '../tables/log-changes.ts';
import type { RowRight } from './access/caller-access.ts';
import { equalSql, wireTextSql } from './column-sql.ts';
import { type CommitScope, requireShardKey } from './commit-scope.ts';
import { type ColumnValue, resolveAll } from './references.ts';
import { type RowState, stateSql } from './soft-delete.ts';
import { shapeOf, statementText } from './statement-texts.ts';

/** A row that is there. */
export interface LocatedRow {
  /** Decimal digits: row ids may exceed 2^53. */
  readonly rowId: string;
  readonly version: Version;
  readonly primaryKey: readonly WireValue[];
}

export interface ReadRow extends LocatedRow {
  /** Of the columns that were asked for, by field name. */
  readonly values: WireValues;
}

/** A target that may be named by the values `within` alone. */
type AnyTarget = Omit<Target, 'key'> & { readonly key: RowKey | null };

/** What a row is looked for. */
interface Purpose {
  /** What is to be done with it. */
  readonly right: RowRight;
  /** Columns to read. Default: none. */
  readonly columns?: readonly ColumnModel[];
  /** One of those that rows have where deleted ones are kept. Default: live. */
  readonly state?: RowState;
}

/**
 * Finds the row of a target, and reads some of its columns. A row that the caller may not read is not there.
 *
 * @throws ShardQLError NOT_FOUND; FORBIDDEN if the caller may not do that with it; CONFLICT if its version is not the expected one.
 */
export function locateRow(scope: CommitScope, table: TableModel, target: AnyTarget, purpose: Purpose): ReadRow {
  const row = seekRow(scope, table, target, purpose);
  if (!row) throw notFound(table, target, purpose.state);
  return row;
}

/** The same; null if there is no such row. */
export function seekRow(scope: CommitScope, table: TableModel, target: AnyTarget, purpose: Purpose): ReadRow | null {
  const row = findRow(scope, table, targetValues(scope, table, target), purpose);
  if (row) requireVersion(scope, table, row, target.expectedVersion);
  return row;
}

/** The values that the row of a target must have: those of its key, and those that are asked for besides. */
export const targetValues = (scope: CommitScope, table: TableModel, { key, within }: AnyTarget): ColumnValue[] => [
  ...resolveAll(scope, table, key === null ? [] : key.columns.map((name, index) => [name, key.values[index]!])),
  ...resolveAll(scope, table, Object.entries(within ?? {})),
];

/**
 * The first row that has all of these values, of which one is the shard key.
 *
 * @throws ShardQLError BAD_USER_INPUT if several deleted rows have them: some keys are unique among the others alone.
 */
function findRow(
  scope: CommitScope,
  table: TableModel,
  values: readonly ColumnValue[],
  { right, columns = [], state = 'live' }: Purpose,
): ReadRow | null {
  requireShardKey(scope, table, values.find(([column]) => column === table.shardKey)?.[1]);
  const head = headSql(table);
  const read = head.length + columns.length <= MAX_COLUMNS ? columns : [];
  // Of several, some may not be there for the caller.
  const limit = scope.access === null ? `LIMIT ${state === 'deleted' ? 2 : 1}` : '';
  const named = values.map(([column]) => column);
  const sql = statementText(
    table,
    `find ${shapeOf(named)} ${shapeOf(read)} ${state} ${limit}`,
    () =>
      `SELECT ${[...head, ...read.map(cellSql)].join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${equalSql(named)} AND ${stateSql(table, state)} ${limit}`,
  );
  const candidates = scope.session.rows(sql, ...values.map(([column, value]) => wireToBinding(column, value)));
  const keyOf = (row: readonly SqlStorageValue[]) => row.slice(2, head.length) as WireValue[];
  const [row, other] = rowsAllowed(scope, table, right, candidates, keyOf);
  if (!row) return null;
  if (other && state === 'deleted') throw severalDeleted(table);
  const [rowId, version] = row as [string, Version];
  const found = read === columns ? toWireValues(read, row.slice(head.length)) : null;
  return {
    rowId,
    version,
    primaryKey: keyOf(row),
    values: found ?? readWireValues(scope.session, table, columns, rowId),
  };
}

/**
 * Those of rows that are there for the caller.
 *
 * @throws ShardQLError FORBIDDEN if that may not be done with one of them.
 */
export function rowsAllowed<Row>(
  { access }: Pick<CommitScope, 'access'>,
  table: TableModel,
  right: RowRight,
  rows: readonly Row[],
  keyOf: (row: Row) => readonly WireValue[],
): readonly Row[] {
  if (access === null || rows.length === 0) return rows;
  const verdicts = access.judge(table, right, rows.map(keyOf));
  for (const verdict of verdicts) access.refuse(table, right, verdict);
  return rows.filter((_, at) => verdicts[at] === 'allowed');
}

/** What is read of each row. */
const headSql = memoizeByObject((table: TableModel): readonly string[] => [
  `CAST(${ROW_ID} AS TEXT)`,
  ROW_VERSION_COLUMN,
  ...primaryKeySql(table),
]);

/** Result columns that are a row's primary key, as wire values. */
export const primaryKeySql = (table: TableModel): string[] =>
  table.primaryKey.columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));

/**
 * Who sends a request knows the version that a row had before it: what the request itself has changed since is no conflict, and
 * a row that it has created has none to be known.
 *
 * @throws ShardQLError CONFLICT; NOT_FOUND for a row that was not there before this commit.
 */
export function requireVersion(
  scope: CommitScope,
  table: TableModel,
  row: LocatedRow,
  expectedVersion: Version | null,
): void {
  if (expectedVersion === null) return;
  const version = row.version === scope.version ? versionBefore(scope, table, row) : row.version;
  if (version === null) throw notThereBefore(table, expectedVersion);
  if (version === expectedVersion) return;
  throw new ShardQLError(
    'CONFLICT',
    `Expected ${table.typeName} at version ${versionToText(expectedVersion)}, but got version ${versionToText(version)}: it was changed meanwhile.`,
    { table: table.typeName, currentVersion: versionToText(version) },
  );
}

/** The version of a row that this commit has changed; null: it was not there before. */
function versionBefore(
  { session, model, version }: CommitScope,
  table: TableModel,
  { rowId }: LocatedRow,
): Version | null {
  const [key] = session.row(
    `SELECT ${keyImageSql(loggedTable(model, table), 't')} FROM ${quoteName(table.sqlName)} AS t WHERE t.${ROW_ID} = CAST(? AS INTEGER)`,
    rowId,
  )!;
  const image = readImageBefore(session, version, table.sqlName, key as ArrayBuffer);
  const before = image && decodeHead(image).values.get(ROW_VERSION_COLUMN);
  return before?.type === 'integer' ? Number(before.digits) : null;
}

/** The version that it has now is that of a commit which this failure undoes: nobody is told that one. */
const notThereBefore = ({ typeName }: TableModel, expectedVersion: Version): ShardQLError =>
  new ShardQLError(
    'NOT_FOUND',
    `Expected ${withArticle(typeName)} at version ${versionToText(expectedVersion)}, but got one that this request has created. Leave expectedVersion out.`,
    { table: typeName },
  );

const severalDeleted = ({ typeName, primaryKey }: TableModel): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a key that one deleted ${typeName} has, but got one that several have. Name it by ${primaryKey.byName}.`,
    { table: typeName },
  );

export function notFound(table: TableModel, { key, within }: AnyTarget, state: RowState = 'live'): ShardQLError {
  if (key === null) return noneWithin(table);
  const named = key.columns
    .map((name, index) => ({ name, value: key.values[index]! }))
    .filter(({ name }) => key.columns.length === 1 || name !== table.shardKey.name)
    .map(({ name, value }) => `${name} ${shown(value)}`);
  // Values that it must have besides may be those of rows that the caller cannot read.
  const related = within && Object.keys(within).length > 0 ? ' among the related rows' : '';
  return new ShardQLError(
    'NOT_FOUND',
    `Expected ${state === 'deleted' ? `a deleted ${table.typeName}` : withArticle(table.typeName)} with ${named.join(' and ')}${related}, but got none.`,
    { table: table.typeName },
  );
}

/** Values that rows must have may be those of rows that the caller cannot read. */
export const noneWithin = ({ typeName }: TableModel): ShardQLError =>
  new ShardQLError('NOT_FOUND', `Expected ${withArticle(typeName)} among the related rows, but got none.`, {
    table: typeName,
  });

function shown(value: OperationValue): string {
  if (isRowReference(value)) return 'of another row';
  return JSON.stringify(typeof value === 'string' && value.length > 100 ? `${value.slice(0, 100)}…` : value);
}

/** The wire values of some of a row's columns, by field name. */
export function readWireValues(
  session: SqlSession,
  table: TableModel,
  columns: readonly ColumnModel[],
  rowId: string,
): WireValues {
  if (columns.length === 0) return {};
  const row = session.row(
    `SELECT ${columns.map(cellSql).join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`,
    rowId,
  );
  return toWireValues(columns, row ?? []);
}

const toWireValues = (columns: readonly ColumnModel[], cells: readonly SqlStorageValue[]): WireValues =>
  Object.fromEntries(columns.map((column, index) => [column.name, cellToWire(column, cells[index] ?? null)]));
