/**
 * The rows that written rows refer to. To a caller with rules, one that it may not read must be like one that is not there: so
 * both are found before the row is written, and fail in the same way, wherever SQLite would have noticed the other.
 */
import { driverToWire } from '../../../../model/codec.ts';
import type { ColumnModel, ForeignKeyModel, KeyModel, TableModel, WireValue } from '../../../../model/types.ts';
import type { WireValues } from '../../../operation.ts';
import type { CommitScope } from '../commit-scope.ts';
import { danglingReference } from '../errors/foreign-key-error.ts';
import { findStoredRows } from '../stored-rows.ts';
import type { PrimaryKey } from './caller-access.ts';
import { textOfKey } from './row-tests.ts';

type Scope = Pick<CommitScope, 'model' | 'session' | 'access'>;

export interface ReferringRows {
  /** Values of their foreign-key columns, as far as they are known. */
  readonly rows: readonly WireValues[];
  /** Columns that the write gives. */
  readonly given: readonly string[];
  readonly verb: 'create' | 'update';
  /** True for a row that the same operation brings, by values of the columns that are referred to. Left out: it brings the rows alone. */
  readonly isBrought?: ((foreignKey: ForeignKeyModel, values: readonly WireValue[]) => boolean) | undefined;
}

/** @throws ShardQLError FOREIGN_KEY_VIOLATION */
export function requireTargets(scope: Scope, table: TableModel, { rows, given, verb, isBrought }: ReferringRows): void {
  const { access } = scope;
  if (access === null) return;
  for (const foreignKey of table.foreignKeys) {
    const names = foreignKey.columns.map(({ name }) => name);
    const touched = names.filter((name) => given.includes(name));
    if (touched.length === 0 || !access.looksAtTargets(table, verb, touched, foreignKey.targetType)) continue;
    const keyByText = new Map<string, readonly WireValue[]>();
    for (const row of rows) {
      const values = foreignKey.columns.map((column) => columnValue(column, row, verb));
      // What SQLite works out is known once the row is written: too late.
      if (values.includes(undefined)) throw danglingReference(table, foreignKey);
      const key = values as WireValue[];
      // One with a NULL refers to nothing.
      if (key.includes(null) || isOwn(table, foreignKey, row, key) || isBrought?.(foreignKey, key)) continue;
      keyByText.set(textOfKey(key), key);
    }
    if (keyByText.size === 0) continue;
    const target = scope.model.table(foreignKey.targetType);
    const keys = primaryKeysOf(scope, target, foreignKey, [...keyByText.values()]);
    if (keys.includes(null) || access.judge(target, 'read', keys as readonly PrimaryKey[]).includes('hidden'))
      throw danglingReference(table, foreignKey);
  }
}

/** Undefined: it is not known. */
function columnValue(column: ColumnModel, row: WireValues, verb: ReferringRows['verb']): WireValue | undefined {
  const given = row[column.name];
  if (given !== undefined || verb === 'update') return given ?? null;
  if (column.constantDefault !== undefined) return driverToWire(column, column.constantDefault);
  return column.hasExpressionDefault || column.generated ? undefined : null;
}

/** A new row may refer to itself. */
const isOwn = (
  table: TableModel,
  { targetType, targetColumns }: ForeignKeyModel,
  row: WireValues,
  key: readonly WireValue[],
): boolean => targetType === table.typeName && targetColumns.every((name, at) => row[name] === key[at]);

/** The primary keys of the rows that are referred to; null for one that is not there, where it has to be looked up. */
function primaryKeysOf(
  { session }: Scope,
  target: TableModel,
  { targetColumns }: ForeignKeyModel,
  keys: readonly (readonly WireValue[])[],
): (PrimaryKey | null)[] {
  const { names } = target.primaryKey;
  const positions = names.map((name) => targetColumns.indexOf(name));
  if (names.length === targetColumns.length && !positions.includes(-1))
    return keys.map((key) => positions.map((at) => key[at]!));
  const columns = targetColumns.map((name) => target.columnByName.get(name)!);
  const key: Pick<KeyModel, 'columns' | 'liveOnly'> = { columns, liveOnly: false };
  return findStoredRows(session, target, key, keys).map((row) => row?.primaryKey ?? null);
}
