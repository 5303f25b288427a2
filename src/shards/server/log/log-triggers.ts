import { type ColumnModel, type Model, ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { MAX_ROW_BYTES } from '../../limits.ts';
import { quoteName, quoteText, ROW_ID } from '../../sql/sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { ADD_TO_LOG_SQL } from '../tables/log-table.ts';
import { type LoggedTable, loggedTable, toStoredColumn } from './logged-table.ts';
import { anyDiffersSql, changesImageSql, keyImageSql, loggedBytesSql, rowImageSql } from './row-image-sql.ts';

/** Starts the message with which a trigger refuses a row that is too large; the size in bytes follows. */
export const ROW_TOO_LARGE = 'shardql:row-too-large:';

/** All trigger names start so. */
export const LOG_TRIGGER_PREFIX = '_log_';

export interface LogTrigger {
  readonly name: string;
  /** The complete `CREATE TRIGGER` statement. */
  readonly sql: string;
}

type Operation = 'insert' | 'update' | 'delete';

interface TriggerOptions {
  /** The last word of its name but for the table's. Default: the operation. */
  readonly name?: string;
  readonly condition?: string;
}

function logTrigger(
  table: LoggedTable,
  operation: Operation,
  body: readonly string[],
  { name: word = operation, condition }: TriggerOptions = {},
): LogTrigger {
  const name = `${LOG_TRIGGER_PREFIX}${word}_${table.sqlName}`;
  const statements = body.map((statement) => `  ${statement};\n`).join('');
  const when = condition === undefined ? '' : ` WHEN ${condition}`;
  const event = operation === 'update' ? `UPDATE OF ${columnList(table)}` : operation.toUpperCase();
  return {
    name,
    sql: `CREATE TRIGGER ${quoteName(name)} AFTER ${event} ON ${quoteName(table.sqlName)}${when} BEGIN\n${statements}END`,
  };
}

/** All that a row consists of. A row version alone is set by {@link versionTrigger}, and where nothing is to be logged. */
const columnList = ({ columns }: LoggedTable): string => columns.map(({ sqlName }) => quoteName(sqlName)).join(', ');

function insertLogRow(table: LoggedTable, schema: string, operation: Operation, image: string): string {
  const row = operation === 'delete' ? 'OLD' : 'NEW';
  const shardKey = table.shardKey(row);
  const from = shardKey.condition === null ? '_clock' : `_clock, _keys WHERE ${shardKey.condition}`;
  return `${ADD_TO_LOG_SQL}
  SELECT version, origin, ${quoteText(schema)}, ${quoteText(table.sqlName)}, ${keyImageSql(table, row)}, ${shardKey.value}, '${operation}', ${image} FROM ${from}`;
}

function refuseLargeRow(table: LoggedTable, shardKey: ColumnModel): string {
  const bytes = loggedBytesSql(table, toStoredColumn(shardKey));
  return `SELECT RAISE(ABORT, ${quoteText(ROW_TOO_LARGE)} || (${bytes})) WHERE ${bytes} > ${MAX_ROW_BYTES}`;
}

const setRowVersion = ({ sqlName }: LoggedTable): string =>
  `UPDATE ${quoteName(sqlName)} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL} WHERE ${ROW_ID} = NEW.${ROW_ID}`;

/**
 * Rows that foreign-key actions (`ON UPDATE CASCADE`) and triggers of migrations change keep their old row version; our own statements
 * set the new one themselves. It is a trigger of its own, as that update makes triggers of migrations fire: SQLite does not let a trigger fire
 * within itself, so what those change would not be logged if it happened within the trigger that logs. While there is no clock, nothing
 * is logged and versions stay as they are written: so rows can be looked at as they were (`../recovery/as-of.ts`).
 */
const versionTrigger = (table: LoggedTable): LogTrigger =>
  logTrigger(table, 'update', [setRowVersion(table)], {
    name: 'version',
    condition: `NEW.${ROW_VERSION_COLUMN} IS NOT coalesce(${CLOCK_VERSION_SQL}, NEW.${ROW_VERSION_COLUMN})`,
  });

/**
 * The triggers that write the log, for each table of the model. `schema`: tag of the last migration. They see
 * every change whatever makes it: single and bulk statements, upserts, cascades; but not `INSERT OR REPLACE`, which
 * fires no delete trigger and is therefore used nowhere. The one that was created last fires first: what logs a change comes before
 * what makes another one.
 */
export const logTriggers = (model: Model, schema: string): LogTrigger[] =>
  model.tables.flatMap((modelTable) => {
    const table = loggedTable(model, modelTable);
    const refusal = refuseLargeRow(table, modelTable.shardKey);
    return [
      logTrigger(table, 'insert', [refusal, insertLogRow(table, schema, 'insert', 'NULL')]),
      versionTrigger(table),
      logTrigger(table, 'update', [refusal, insertLogRow(table, schema, 'update', changesImageSql(table))]),
      logTrigger(table, 'delete', [insertLogRow(table, schema, 'delete', rowImageSql(table, 'OLD'))]),
    ];
  });

/**
 * The same for a statement of a migration, which knows nothing of row versions: rows that it inserts or changes get that of
 * the commit, and an update that changes nothing is none.
 */
export function migrationTriggers(table: LoggedTable, schema: string): LogTrigger[] {
  const condition = anyDiffersSql(table.columns, 'OLD', 'NEW');
  return [
    logTrigger(table, 'update', [setRowVersion(table)], { name: 'version', condition }),
    logTrigger(table, 'insert', [insertLogRow(table, schema, 'insert', 'NULL'), setRowVersion(table)]),
    logTrigger(table, 'update', [insertLogRow(table, schema, 'update', changesImageSql(table))], { condition }),
    logTrigger(table, 'delete', [insertLogRow(table, schema, 'delete', rowImageSql(table, 'OLD'))]),
  ];
}
