import type { Model, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { MAX_ROW_BYTES } from '../../limits.ts';
import { shardKeySql } from '../../shard-key.ts';
import { stampedColumns } from '../../stamped-columns.ts';
import { quoteName, quoteText, ROW_ID } from '../sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { changesImageSql, keyImageSql, loggedBytesSql, rowImageSql } from './image-sql.ts';

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

function logTrigger(table: TableModel, operation: Operation, body: readonly string[]): LogTrigger {
  const name = `${LOG_TRIGGER_PREFIX}${operation}_${table.sqlName}`;
  const statements = body.map((statement) => `  ${statement};\n`).join('');
  return {
    name,
    sql: `CREATE TRIGGER ${quoteName(name)} AFTER ${operation.toUpperCase()} ON ${quoteName(table.sqlName)} BEGIN\n${statements}END`,
  };
}

function insertLogRow(table: TableModel, schema: string, operation: Operation, image: string): string {
  const row = operation === 'delete' ? 'OLD' : 'NEW';
  const shardKey = shardKeySql(table.shardKey, `${row}.${quoteName(table.shardKey.sqlName)}`);
  return `INSERT INTO _log (version, origin, schema, "table", pk, shard_key, op, image)
  SELECT version, origin, ${quoteText(schema)}, ${quoteText(table.sqlName)}, ${keyImageSql(table, row)}, ${shardKey}, '${operation}', ${image} FROM _clock`;
}

function refuseLargeRow(table: TableModel): string {
  const bytes = loggedBytesSql(table);
  return `SELECT RAISE(ABORT, ${quoteText(ROW_TOO_LARGE)} || (${bytes})) WHERE ${bytes} > ${MAX_ROW_BYTES}`;
}

/**
 * Rows that foreign-key actions change (`ON DELETE SET NULL`, …) keep their old row version; our own statements set the
 * new one themselves. The trigger does not fire itself again: `recursive_triggers` is off.
 */
const setRowVersion = (table: TableModel): string =>
  `UPDATE ${quoteName(table.sqlName)} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}
  WHERE ${ROW_ID} = NEW.${ROW_ID} AND NEW.${ROW_VERSION_COLUMN} IS NOT ${CLOCK_VERSION_SQL}`;

/**
 * The triggers that write the log, three for each table of the model. `schema`: tag of the last migration. They see
 * every change whatever makes it: single and bulk statements, upserts, cascades; but not `INSERT OR REPLACE`, which
 * fires no delete trigger and is therefore used nowhere.
 */
export const logTriggers = (model: Model, schema: string): LogTrigger[] =>
  model.tables.flatMap((table) => {
    const stamped = stampedColumns(model, table);
    return [
      logTrigger(table, 'insert', [refuseLargeRow(table), insertLogRow(table, schema, 'insert', 'NULL')]),
      logTrigger(table, 'update', [
        refuseLargeRow(table),
        insertLogRow(table, schema, 'update', changesImageSql(table, stamped)),
        setRowVersion(table),
      ]),
      logTrigger(table, 'delete', [insertLogRow(table, schema, 'delete', rowImageSql(table, 'OLD', stamped))]),
    ];
  });
