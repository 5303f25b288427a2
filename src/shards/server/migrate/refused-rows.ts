/**
 * Finds the rows that made a statement of a migration fail. It lets SQLite itself judge row by row, so that affinities,
 * collations, generated columns and checks are what they are; all that it does is taken back with the failed migration.
 */
import type { MigrationProblemKind, RowKeyText } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import {
  type InsertSelect,
  parseInsertSelect,
  parseUniqueIndex,
  parseUpdate,
  type Update,
  unquoted,
} from './sql-parts.ts';

/** Rows that violate one constraint. */
export interface RefusedRows {
  readonly violation: Violation;
  readonly rows: number;
  readonly keys: readonly RowKeyText[];
}

interface Violation {
  readonly kind: Extract<MigrationProblemKind, 'NOT_NULL' | 'UNIQUE' | 'CHECK' | 'FOREIGN_KEY'>;
  /** The name of the constraint, or its columns. */
  readonly constraint: string;
  /** Where SQLite names it. */
  readonly table: string | null;
  /** What an index is over, where {@link constraint} is its name. */
  readonly terms?: string;
}

/** Keys that are reported for each constraint. */
export const MAX_KEYS = 5;
/** Rows that are tried one by one. */
const MAX_TRIED_ROWS = 100_000;

/** The constraint that SQLite names; null: it fails for another reason. */
export function violationOf(error: unknown): Violation | null {
  const message = error instanceof Error ? error.message : '';
  const match = /(UNIQUE|NOT NULL|CHECK) constraint failed: (.*?): SQLITE_CONSTRAINT/s.exec(message);
  if (!match) return null;
  const kind = match[1] === 'NOT NULL' ? 'NOT_NULL' : (match[1] as 'UNIQUE' | 'CHECK');
  const subject = match[2]!;
  const index = /^index '(.*)'$/s.exec(subject);
  if (kind === 'CHECK') return { kind, constraint: subject, table: null };
  if (index) return { kind, constraint: index[1]!, table: null };
  const names = subject.split(', ').map((name) => name.slice(name.indexOf('.') + 1));
  return { kind, constraint: names.join(', '), table: subject.slice(0, subject.indexOf('.')) };
}

/** By constraint, the one that SQLite stopped at first; empty if the rows cannot be found. Run after the statement failed. */
export function refusedRows(session: SqlSession, sql: string): readonly RefusedRows[] {
  const insert = parseInsertSelect(sql);
  if (insert) return refusedCopies(session, sql, insert);
  const index = parseUniqueIndex(sql);
  if (index) {
    const terms = index.terms.join(', ');
    const shown = index.terms.map(unquoted).join(', ');
    const isTaken = [
      ...(index.condition ? [index.condition] : []),
      ...index.terms.map((term) => `(${term}) IS NOT NULL`),
    ];
    const doubled = `SELECT _rowid_ AS row_id, count(*) OVER (PARTITION BY ${terms}) AS times
      FROM ${quoteName(index.table)} WHERE ${isTaken.map((term) => `(${term})`).join(' AND ')}`;
    const found = `(SELECT row_id FROM (${doubled}) WHERE times > 1)`;
    const rows = session.row(`SELECT count(*) FROM ${found}`)![0] as number;
    const keys = keysOf(session, index.table, `_rowid_ IN ${found}`);
    return [{ violation: { kind: 'UNIQUE', constraint: index.name, table: index.table, terms: shown }, rows, keys }];
  }
  const update = parseUpdate(sql);
  return update ? refusedUpdates(session, update) : [];
}

const REFUSED = '__refused';

function refusedCopies(session: SqlSession, sql: string, { table, columns, select }: InsertSelect): RefusedRows[] {
  const key = primaryKey(session, table);
  const names = columns.map(quoteName).join(', ');
  if (key.length === 0 || !key.every((name) => columns.includes(name))) return [];
  session.run(sql.replace(/^\s*INSERT\s+INTO/i, 'INSERT OR IGNORE INTO'));
  // What was not taken: other rows than those with an equal key, and all but one of those that share a key.
  const shared = key.map(quoteName);
  session.run(
    `CREATE TABLE ${REFUSED} AS
     WITH source (${names}) AS (${select}),
       numbered AS (SELECT *, row_number() OVER (PARTITION BY ${shared.join(', ')}) AS __number FROM source)
     SELECT ${names} FROM numbered AS s
     WHERE __number > 1 OR NOT EXISTS (
       SELECT 1 FROM ${quoteName(table)} AS t WHERE ${shared.map((name) => `t.${name} IS s.${name}`).join(' AND ')})`,
  );
  const one = `INSERT INTO ${quoteName(table)} (${names}) SELECT ${names} FROM ${REFUSED} WHERE ${IS_ROW}`;
  return judged(session, REFUSED, rowIds(session, REFUSED, null), one, key).map((refused) => ofTable(refused, table));
}

function refusedUpdates(session: SqlSession, { table, head, condition }: Update): RefusedRows[] {
  const isMeant = condition === null ? '' : `(${condition}) AND `;
  return judged(
    session,
    table,
    rowIds(session, table, condition),
    `${head} WHERE ${isMeant}${IS_ROW}`,
    primaryKey(session, table),
  ).map((refused) => ofTable(refused, table));
}

/** SQLite does not name the table of a check. */
const ofTable = ({ violation, ...others }: RefusedRows, table: string): RefusedRows => ({
  violation: { ...violation, table: violation.table ?? table },
  ...others,
});

/** Runs a statement for one row after the other, and collects by constraint those that fail. */
function judged(
  session: SqlSession,
  table: string,
  ids: readonly string[],
  statement: string,
  key: readonly string[],
): RefusedRows[] {
  const found = new Map<string, { violation: Violation; rows: number; keys: RowKeyText[] }>();
  for (const id of ids) {
    try {
      session.run(statement, id);
    } catch (error) {
      const violation = violationOf(error);
      if (!violation) continue;
      const name = `${violation.kind} ${violation.constraint}`;
      const entry = found.get(name) ?? { violation, rows: 0, keys: [] };
      found.set(name, entry);
      entry.rows++;
      if (entry.keys.length < MAX_KEYS) entry.keys.push(...keysOf(session, table, `_rowid_ = ${id}`, key));
    }
  }
  return [...found.values()];
}

/** As text, since they may exceed 2^53. */
const rowIds = (session: SqlSession, table: string, condition: string | null): string[] =>
  session
    .rows(
      `SELECT CAST(_rowid_ AS TEXT) FROM ${quoteName(table)} ${condition === null ? '' : `WHERE ${condition}`}
       ORDER BY _rowid_ LIMIT ${MAX_TRIED_ROWS}`,
    )
    .map(([id]) => id as string);

const IS_ROW = '_rowid_ = CAST(? AS INTEGER)';

const primaryKey = (session: SqlSession, table: string): string[] =>
  session.rows('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', table).map(([name]) => name as string);

/** Keys of some rows of a table, in the order of the rows. `condition` is SQL of our own making. */
export function keysOf(
  session: SqlSession,
  table: string,
  condition: string,
  columns: readonly string[] = primaryKey(session, table),
): RowKeyText[] {
  if (columns.length === 0) return [];
  const texts = columns.map((name) => {
    const column = quoteName(name);
    return `CASE typeof(${column}) WHEN 'blob' THEN lower(hex(${column})) ELSE CAST(${column} AS TEXT) END`;
  });
  return session
    .rows(`SELECT ${texts.join(', ')} FROM ${quoteName(table)} WHERE ${condition} ORDER BY _rowid_ LIMIT ${MAX_KEYS}`)
    .map((values) => Object.fromEntries(columns.map((name, index) => [name, values[index] as string | null])));
}
