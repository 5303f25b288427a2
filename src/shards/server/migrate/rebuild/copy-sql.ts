/** The statements by which the copy of a table is made, and kept equal to what the table would become. */
import { quoteName, quoteText, ROW_ID } from '../../../sql/sql-text.ts';
import { tokensOf } from '../sql-parts.ts';
import { COPY_PREFIX } from '../stored-table.ts';
import { withoutOwnName } from './own-name.ts';
import type { PlannedIndex, Rebuild } from './rebuild.ts';

/** All names of triggers that keep copies start so. */
export const COPY_TRIGGER_PREFIX = '_copy_';
/** The same of the unique indexes of a copy that has no others: the names that they are to have belong to those of the table until it is dropped. */
export const UNIQUE_INDEX_PREFIX = '__unique_';
/** The same of the indexes of its references. */
export const REFERENCE_INDEX_PREFIX = '__reference_';

export const copyName = (table: string): string => COPY_PREFIX + table;

/** The statement that makes an index of a table, for its copy, under another name. */
export function copiedIndexSql({ sql, isUnique }: PlannedIndex, table: string, name: string): string {
  const terms = tokensOf(sql).find(({ text }) => text.startsWith('('))!;
  const definition = withoutOwnName(sql.slice(terms.start).replace(/;\s*$/, ''), table);
  return `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${quoteName(name)} ON ${quoteName(copyName(table))} ${definition}`;
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

/** Names rows of a table by their row ids; `row`: an alias with a dot, or nothing. */
export type RowsCondition = (row: string) => string;

/** Copies the rows that a condition on the table names. A row keeps its row id. */
export function copyRowsSql(
  rebuild: Rebuild,
  added: readonly AddedColumn[],
  keepsId: boolean,
  condition: RowsCondition,
): string {
  const { table, columns, values } = rebuild;
  const names = [...(keepsId ? [ROW_ID] : []), ...columns.map(quoteName)].join(', ');
  const selected = [...(keepsId ? [idOf(added)] : []), ...values].join(', ');
  return `INSERT INTO ${quoteName(copyName(table))} (${names}) SELECT ${selected} FROM ${sourceSql(table, added, condition(''))}`;
}

/** A version that is kept of a row whose values have changed, and the other way round. */
export const negatedSql = (version: string): string => `-1 - ${version}`;

/** A column that a table does not have yet, and what its rows have there: SQL of the type of the column. */
export interface AddedColumn {
  readonly name: string;
  readonly value: string;
}

/** Rows of a table as expressions of the run may look at them. Columns are compared by their types, so added ones must have theirs. */
export const sourceSql = (table: string, added: readonly AddedColumn[], condition: string): string => {
  if (added.length === 0) return `${quoteName(table)} WHERE ${condition}`;
  const columns = added.map(({ name, value }) => `${value} AS ${quoteName(name)}`).join(', ');
  return `(SELECT ${ROW_ID} AS ${SOURCE_ID}, *, ${columns} FROM ${quoteName(table)} WHERE ${condition}) AS ${quoteName(table)}`;
};

/** The row id of such a row. */
export const idOf = (added: readonly AddedColumn[]): string => (added.length === 0 ? ROW_ID : SOURCE_ID);

const SOURCE_ID = '__row_id';

const member = (table: string, column: string): string =>
  `(SELECT ${column} FROM _rebuilds WHERE name = ${quoteText(table)})`;

/** Rows that the last step has passed for the first time. `isFirst`: it was the first step. */
export const passedRowsCondition =
  (table: string, bounds: Bounds, isFirst: boolean): RowsCondition =>
  (row) =>
    `${isFirst ? '' : `${row}${ROW_ID} > ${member(table, `${bounds}_from`)} AND `}${row}${ROW_ID} <= ${member(table, `${bounds}_to`)}`;

/** Row ids of rows that are to be copied again, up to `limit`. */
export const changedIdsSql = (table: string, limit: number): string =>
  `SELECT id FROM _rebuild_rows WHERE name = ${quoteText(table)} ORDER BY id LIMIT ${limit}`;

export const changedRowsCondition =
  (table: string, limit: number): RowsCondition =>
  (row) =>
    `${row}${ROW_ID} IN (${changedIdsSql(table, limit)})`;

/** The bounds of a pass over a table. */
type Bounds = 'copied' | 'settled';

/** Row ids of its next rows. */
export function nextIdsSql(table: string, bounds: Bounds, isFirst: boolean, limit: number): string {
  const after = isFirst ? '' : `WHERE ${ROW_ID} > ${member(table, `${bounds}_to`)}`;
  return `SELECT ${ROW_ID} AS id FROM ${quoteName(table)} ${after} ORDER BY ${ROW_ID} LIMIT ${limit}`;
}

/** Moves the bounds on by up to `limit` rows, of which there is one at least. */
export function moveBoundsSql(table: string, bounds: Bounds, isFirst: boolean, limit: number): string {
  const [from, to] = [`${bounds}_from`, `${bounds}_to`];
  const next = nextIdsSql(table, bounds, isFirst, limit);
  return `UPDATE _rebuilds SET ${from} = ${to}, ${to} = coalesce((SELECT max(id) FROM (${next})), ${to}) WHERE name = ${quoteText(table)}`;
}
