import { withArticle } from '../../../model/names.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import type { RowKey, WireValues } from '../../operation.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { versionToText } from '../../version.ts';
import { boundValueSql, wireTextSql } from './column-sql.ts';
import { type CommitScope, columnOf, requireShardKey } from './commit-scope.ts';

/** A row that is there. */
interface LocatedRow {
  /** Decimal digits: row ids may exceed 2^53. */
  readonly rowId: string;
  readonly version: Version;
  readonly primaryKey: readonly WireValue[];
}

/** Finds the row that `key` names. Throws `NOT_FOUND`, or `CONFLICT` if its version is not `expectedVersion`. */
export function locateRow(
  scope: CommitScope,
  table: TableModel,
  key: RowKey,
  expectedVersion: Version | null,
): LocatedRow {
  const columns = key.columns.map((name) => columnOf(table, name));
  requireShardKey(scope, table, key.values[key.columns.indexOf(table.shardKey.name)]);
  const conditions = columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
  const primaryKey = table.primaryKey.columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));
  const row = scope.session.row(
    `SELECT CAST(${ROW_ID} AS TEXT), ${ROW_VERSION_COLUMN}, ${primaryKey.join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${conditions.join(' AND ')}`,
    ...columns.map((column, index) => wireToBinding(column, key.values[index]!)),
  );
  if (!row) throw notFound(table, key);
  const [rowId, version, ...values] = row as [string, Version, ...WireValue[]];
  if (expectedVersion !== null && version !== expectedVersion) {
    throw new ShardQLError(
      'CONFLICT',
      `Expected ${table.typeName} at version ${versionToText(expectedVersion)}, but got version ${versionToText(version)}: it was changed meanwhile.`,
      { table: table.typeName, currentVersion: versionToText(version) },
    );
  }
  return { rowId, version, primaryKey: values };
}

function notFound(table: TableModel, key: RowKey): ShardQLError {
  const named = key.columns
    .map((name, index) => ({ name, value: key.values[index] }))
    .filter(({ name }) => key.columns.length === 1 || name !== table.shardKey.name)
    .map(({ name, value }) => `${name} ${JSON.stringify(abbreviate(value))}`);
  return new ShardQLError(
    'NOT_FOUND',
    `Expected ${withArticle(table.typeName)} with ${named.join(' and ')}, but got none.`,
    {
      table: table.typeName,
    },
  );
}

const abbreviate = (value: WireValue | undefined): WireValue | undefined =>
  typeof value === 'string' && value.length > 100 ? `${value.slice(0, 100)}…` : value;

/** The wire values of some of a row's columns, by field name. */
export function readWireValues(
  session: SqlSession,
  table: TableModel,
  columns: readonly ColumnModel[],
  rowId: string,
): WireValues {
  if (columns.length === 0) return {};
  const values = columns.map((column) => wireTextSql(column, quoteName(column.sqlName)));
  const row = session.row(
    `SELECT ${values.join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`,
    rowId,
  );
  return Object.fromEntries(columns.map((column, index) => [column.name, (row?.[index] ?? null) as WireValue]));
}
