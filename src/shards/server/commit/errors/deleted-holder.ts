import type { WireValue } from '../../../../model/types.ts';
import { wireToBinding } from '../../../../model/wire-kinds.ts';
import { ShardQLError } from '../../../errors.ts';
import type { WireValues } from '../../../operation.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { equalSql } from '../column-sql.ts';
import { primaryKeySql } from '../locate-row.ts';
import { stateSql } from '../soft-delete.ts';
import type { FailureScope } from './typed-error.ts';

/**
 * A key that is taken, if the row that has it was deleted and kept: who asks for its rows sees none that could have it. Null:
 * another row has it.
 *
 * @param values of the row that could not be written, as far as they are known.
 */
export function deletedHolder(
  { session, model, access }: FailureScope,
  { details }: ShardQLError,
  values: WireValues | null,
): ShardQLError | null {
  const table = details.table === undefined ? undefined : model.tableByType.get(details.table);
  if (!table || table.softDelete === null || values === null) return null;
  const key = [table.primaryKey, ...table.uniqueKeys].find(({ name }) => name === details.constraint);
  if (!key || key.liveOnly || key.columns.some(({ name }) => (values[name] ?? null) === null)) return null;
  const holder = session.row(
    `SELECT ${primaryKeySql(table).join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${equalSql(key.columns)} AND ${stateSql(table, 'deleted')}`,
    ...key.columns.map((column) => wireToBinding(column, values[column.name]!)),
  );
  if (!holder || access?.reads(table, holder as WireValue[]) === false) return null;
  const { typeName } = table;
  const names = key.byColumns.map(({ name }) => name).join(' and ');
  return new ShardQLError(
    'UNIQUE_VIOLATION',
    `Expected a unique ${typeName}.${names}, but got one that a deleted ${typeName} has. Restore it with restore${typeName}, or remove it for good with purge${typeName}.`,
    details,
  );
}
