/**
 * SQLite says only that some foreign key failed. These functions find out which, by asking for the rows concerned,
 * after the failed statement was undone.
 */
import { withArticle } from '../../../../model/names.ts';
import type { ForeignKeyModel, Model, TableModel, WireValue } from '../../../../model/types.ts';
import { wireToBinding } from '../../../../model/wire-kinds.ts';
import { ShardQLError } from '../../../errors.ts';
import type { WireValues } from '../../../operation.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName, ROW_ID, TRUE_SQL } from '../../../sql/sql-text.ts';
import { boundValueSql } from '../column-sql.ts';
import { type Referrer, referrersOf, refersSql } from '../referrers.ts';

/** How many tables a cascade is followed to find the reference that stopped it. */
const MAX_PATH = 6;

/** The error for a row with these values (those given) that refers to nothing. */
export function missingTarget(session: SqlSession, model: Model, table: TableModel, values: WireValues): ShardQLError {
  const culprit =
    table.foreignKeys.find((foreignKey) => refersToNothing(session, model, foreignKey, values)) ??
    (table.foreignKeys.length === 1 ? table.foreignKeys[0] : undefined);
  if (!culprit) {
    return new ShardQLError(
      'FOREIGN_KEY_VIOLATION',
      `Expected ${withArticle(table.typeName)} that refers to rows that exist, but got one that does not.`,
      { table: table.typeName },
    );
  }
  return danglingReference(table, culprit);
}

/** The error for a row that refers to nothing by this foreign key. */
export function danglingReference(table: TableModel, foreignKey: ForeignKeyModel): ShardQLError {
  const field = ownColumn(table, foreignKey);
  return new ShardQLError(
    'FOREIGN_KEY_VIOLATION',
    `Expected ${table.typeName}.${field} to name ${withArticle(foreignKey.targetType)} that exists with the same shard key, but got none.`,
    { table: table.typeName, field, constraint: constraintName(table, foreignKey) },
  );
}

/** The error for a row that others refer to and that was to be deleted, or to change the columns they refer to. */
export function stillReferred(session: SqlSession, model: Model, table: TableModel, rowId: string): ShardQLError {
  const culprit = findReferrer(session, model, [{ table, joins: '' }], rowId);
  const rows = `${culprit?.isDeleted ? 'deleted rows' : 'rows'} of ${culprit?.table.typeName ?? 'other tables'}`;
  return new ShardQLError(
    'FOREIGN_KEY_VIOLATION',
    `Expected ${withArticle(table.typeName)} that nothing refers to, but got one that ${rows} still refer to.${culprit?.isDeleted ? ` Purge them first: includeDeleted shows them, and purge${culprit.table.typeName} takes them away.` : ''}`,
    {
      table: culprit?.table.typeName ?? table.typeName,
      ...(culprit
        ? {
            field: ownColumn(culprit.table, culprit.foreignKey),
            constraint: constraintName(culprit.table, culprit.foreignKey),
          }
        : {}),
    },
  );
}

/** The foreign key's column besides the shard key, which is implicit. */
const ownColumn = (table: TableModel, { columns }: ForeignKeyModel): string =>
  (columns.find((column) => column !== table.shardKey) ?? columns[0]!).name;

const constraintName = (table: TableModel, foreignKey: ForeignKeyModel): string =>
  `${table.typeName}.${ownColumn(table, foreignKey)} → ${foreignKey.targetType}`;

/** True if the row with these values names a row that is not there. */
export function refersToNothing(
  session: SqlSession,
  model: Model,
  foreignKey: ForeignKeyModel,
  values: WireValues,
): boolean {
  const target = model.table(foreignKey.targetType);
  const given: WireValue[] = [];
  for (const { name } of foreignKey.columns) {
    const value = values[name];
    // A foreign key with a NULL holds; of a column that was left out, only SQLite knows the value.
    if (value === undefined || value === null) return false;
    given.push(value);
  }
  const targetColumns = foreignKey.targetColumns.map((name) => target.columnByName.get(name)!);
  const conditions = targetColumns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
  const found = session.row(
    `SELECT 1 FROM ${quoteName(target.sqlName)} WHERE ${conditions.join(' AND ')}`,
    ...targetColumns.map((column, index) => wireToBinding(column, given[index]!)),
  );
  return found === undefined;
}

/** A table on the way of a cascade, and the SQL that joins it (as `t0`, `t1`, …) to the one before. */
interface Step {
  readonly table: TableModel;
  readonly joins: string;
}

/** Who keeps a row from going. */
interface Culprit extends Referrer {
  /** Its rows were deleted and are kept: who looks for them sees none. */
  readonly isDeleted: boolean;
}

function findReferrer(session: SqlSession, model: Model, path: readonly Step[], rowId: string): Culprit | null {
  const { table, joins } = path.at(-1)!;
  const parent = `t${path.length - 1}`;
  const child = `t${path.length}`;
  const below: Step[] = [];
  for (const referrer of referrersOf(model, table)) {
    const join = `${joins} CROSS JOIN ${quoteName(referrer.table.sqlName)} AS ${child} ON ${refersSql(referrer, table, child, parent)}`;
    const refers = (condition: string): boolean =>
      session.row(
        `SELECT 1 FROM ${quoteName(path[0]!.table.sqlName)} AS t0${join} WHERE t0.${ROW_ID} = CAST(? AS INTEGER) AND ${condition} LIMIT 1`,
        rowId,
      ) !== undefined;
    if (!refers(TRUE_SQL)) continue;
    const { onDelete } = referrer.foreignKey;
    if (onDelete === 'restrict' || onDelete === 'no action') {
      const { softDelete } = referrer.table;
      return {
        ...referrer,
        isDeleted: softDelete !== null && !refers(`${child}.${quoteName(softDelete.sqlName)} IS NULL`),
      };
    }
    if (onDelete === 'cascade') below.push({ table: referrer.table, joins: join });
  }
  if (path.length >= MAX_PATH) return null;
  for (const step of below) {
    const culprit = findReferrer(session, model, [...path, step], rowId);
    if (culprit) return culprit;
  }
  return null;
}
