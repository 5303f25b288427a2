/** The statements by which the copy of a table is made, and kept equal to what the table would become. */
import { quoteName, quoteText, ROW_ID } from '../../../sql/sql-text.ts';
import { COPY_PREFIX } from '../stored-table.ts';
import type { Rebuild } from './find-rebuilds.ts';
import { withoutOwnName } from './own-name.ts';

/** All names of triggers that keep copies start so. */
export const COPY_TRIGGER_PREFIX = '_copy_';
/** The same of the unique indexes of a copy: the names that they are to have belong to those of the table until it is dropped. */
export const UNIQUE_INDEX_PREFIX = '__unique_';
/** The same of the indexes of its references. */
export const REFERENCE_INDEX_PREFIX = '__reference_';

export const copyName = (table: string): string => COPY_PREFIX + table;

/** Statements that make the copy and its unique indexes. */
export const createCopySql = ({ table, createCopy, uniqueIndexes }: Rebuild): string[] => [
  createCopy,
  ...uniqueIndexes.map((sql, at) => copiedIndexSql(sql, table, at)),
];

/** The same index of the copy, under a name of its own. */
function copiedIndexSql(sql: string, table: string, at: number): string {
  const terms = withoutOwnName(sql.slice(sql.indexOf('(')).replace(/;\s*$/, ''), table);
  return `CREATE UNIQUE INDEX ${quoteName(`${UNIQUE_INDEX_PREFIX}${at}_${table}`)} ON ${quoteName(copyName(table))} ${terms}`;
}

/**
 * What changes in the table goes from the copy at once, and is copied again later: so no write fails, or takes long, because of what the
 * row is to become. Rows that come are marked as far as the copying has passed them.
 */
export function copyTriggers(table: string): { readonly name: string; readonly sql: string }[] {
  const [name, copy] = [quoteText(table), quoteName(copyName(table))];
  const forget = (row: string) => `DELETE FROM ${copy} WHERE ${ROW_ID} = ${row}.${ROW_ID};`;
  const mark = (row: string) =>
    `INSERT INTO _rebuild_rows (name, id) SELECT name, ${row}.${ROW_ID} FROM _rebuilds
    WHERE name = ${name} AND copied_to >= ${row}.${ROW_ID} ON CONFLICT DO NOTHING;`;
  const trigger = (event: string, body: readonly string[]) => {
    const triggerName = `${COPY_TRIGGER_PREFIX}${event.toLowerCase()}_${table}`;
    const sql = `CREATE TRIGGER ${quoteName(triggerName)} AFTER ${event} ON ${quoteName(table)} BEGIN\n  ${body.join('\n  ')}\nEND`;
    return { name: triggerName, sql };
  };
  return [
    trigger('INSERT', [forget('NEW'), mark('NEW')]),
    trigger('UPDATE', [forget('OLD'), forget('NEW'), mark('OLD'), mark('NEW')]),
    trigger('DELETE', [forget('OLD')]),
  ];
}

/** Copies the rows that a condition on the table names. A row keeps its row id. */
export function copyRowsSql({ table, columns, values }: Rebuild, keepsId: boolean, condition: string): string {
  const id = keepsId ? [ROW_ID] : [];
  const names = [...id, ...columns.map(quoteName)].join(', ');
  return `INSERT INTO ${quoteName(copyName(table))} (${names}) SELECT ${[...id, ...values].join(', ')} FROM ${quoteName(table)} WHERE ${condition}`;
}

const member = (table: string, column: string): string =>
  `(SELECT ${column} FROM _rebuilds WHERE name = ${quoteText(table)})`;

/** Rows that the last step has copied for the first time. `isFirst`: it was the first step. */
export const newRowsCondition = (table: string, isFirst: boolean): string =>
  `${isFirst ? '' : `${ROW_ID} > ${member(table, 'copied_from')} AND `}${ROW_ID} <= ${member(table, 'copied_to')}`;

/** Row ids of rows that are to be copied again, up to `limit`. */
export const changedIdsSql = (table: string, limit: number): string =>
  `SELECT id FROM _rebuild_rows WHERE name = ${quoteText(table)} ORDER BY id LIMIT ${limit}`;

export const changedRowsCondition = (table: string, limit: number): string =>
  `${ROW_ID} IN (${changedIdsSql(table, limit)})`;

/** The bounds of a pass over a table. */
type Bounds = 'copied' | 'settled';

/** Row ids of the next rows of a pass over `rows`, a table. */
export function nextIdsSql(table: string, rows: string, bounds: Bounds, isFirst: boolean, limit: number): string {
  const after = isFirst ? '' : `WHERE ${ROW_ID} > ${member(table, `${bounds}_to`)}`;
  return `SELECT ${ROW_ID} AS id FROM ${quoteName(rows)} ${after} ORDER BY ${ROW_ID} LIMIT ${limit}`;
}

/** Moves the bounds of a pass over `rows`, a table, on by up to `limit` rows, of which there is one at least. */
export function moveBoundsSql(table: string, rows: string, bounds: Bounds, isFirst: boolean, limit: number): string {
  const [from, to] = [`${bounds}_from`, `${bounds}_to`];
  const next = nextIdsSql(table, rows, bounds, isFirst, limit);
  return `UPDATE _rebuilds SET ${from} = ${to}, ${to} = coalesce((SELECT max(id) FROM (${next})), ${to}) WHERE name = ${quoteText(table)}`;
}

/** Rows of the old table that the last step has moved past. */
export const settledRowsCondition = (table: string, isFirst: boolean): string =>
  `${isFirst ? '' : `o.${ROW_ID} > ${member(table, 'settled_from')} AND `}o.${ROW_ID} <= ${member(table, 'settled_to')}`;
