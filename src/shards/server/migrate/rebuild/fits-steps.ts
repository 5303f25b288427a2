/** Whether the copy of a table can be made in steps, as far as the database tells. */
import { ROW_VERSION_COLUMN } from '../../../../model/types.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { LOG_TRIGGER_PREFIX } from '../../log/log-triggers.ts';
import { SEARCH_PREFIX } from '../../search/search-index.ts';
import { unquoted } from '../sql-parts.ts';
import { readColumns } from '../stored-table.ts';
import { COPY_TRIGGER_PREFIX, copyName } from './copy-sql.ts';
import type { Rebuild } from './rebuild.ts';
import { type ReferenceAction, refusesActions } from './refuses-actions.ts';

/**
 * A copy is kept by row ids, and what refers to the table, and from it, is not looked at again. So keys and references have to stay what
 * they are: same columns, same types, copied as they are. The copy exists, with or without rows.
 */
export function fitsSteps(session: ReadSession, rebuild: Rebuild): boolean {
  const { table } = rebuild;
  const copy = copyName(table);
  const [before, after] = [readColumns(session, table), readColumns(session, copy)];
  const isVersioned = [before, after].every((columns) => columns.some(({ name }) => name === ROW_VERSION_COLUMN));
  if (!isVersioned || !hasRowIds(session, table) || !hasRowIds(session, copy)) return false;
  if (keyIsRowId(session, table) !== keyIsRowId(session, copy)) return false;
  if (hasOwnTriggers(session, table) || hasOwnRules(session, table)) return false;
  const keyOf = (columns: typeof before) =>
    columns.filter(({ position }) => position > 0).map(({ name, position }) => [name, position]);
  const references = readReferences(session, table);
  if (JSON.stringify(keyOf(before)) !== JSON.stringify(keyOf(after))) return false;
  if (JSON.stringify(references) !== JSON.stringify(readReferences(session, copy))) return false;
  if (refusesActions(session, table, references.map(toAction))) return false;
  const kept = readKeptColumns(session, table);
  const typeIn = (columns: typeof before, name: string) =>
    columns.find((column) => column.name === name)?.type.toLowerCase();
  const keepsType = (name: string) => typeIn(before, name) === typeIn(after, name);
  return [...kept].every((name) => copiesAsItIs(rebuild, name) && keepsType(name)) && rebuild.typed.every(keepsType);
}

/** Columns whose values have to stay as they are: by them rows are found, and refer to each other. */
export const readKeptColumns = (session: ReadSession, table: string): ReadonlySet<string> =>
  new Set([
    ...readColumns(session, table).flatMap(({ name, position }) => (position > 0 ? [name] : [])),
    ...readReferences(session, table).map(([, column]) => column as string),
    ...readReferredColumns(session, table),
    ROW_VERSION_COLUMN,
  ]);

/** Whether the values of a column go to the column of the same name as they are. */
export const copiesAsItIs = ({ columns, values }: Rebuild, name: string): boolean =>
  unquoted(values[columns.indexOf(name)] ?? '') === name;

/** Whether the primary key is the row id itself: it has no index then. An `INTEGER PRIMARY KEY DESC` is not. */
export const keyIsRowId = (session: ReadSession, table: string): boolean =>
  readColumns(session, table).some(({ position }) => position > 0) &&
  session.row("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", table) === undefined;

const hasRowIds = (session: ReadSession, table: string): boolean =>
  session.row("SELECT 1 FROM pragma_table_list(?) WHERE schema = 'main' AND type = 'table' AND wr = 0", table) !==
  undefined;

/** Of migrations: they would be lost, or fire for the copy. */
const hasOwnTriggers = (session: ReadSession, table: string): boolean =>
  session
    .rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table)
    .some(
      ([name]) =>
        ![LOG_TRIGGER_PREFIX, SEARCH_PREFIX, COPY_TRIGGER_PREFIX].some((prefix) => (name as string).startsWith(prefix)),
    );

/** Words that change how values compare, assign row ids, or delete rows without firing triggers. */
const hasOwnRules = (session: ReadSession, table: string): boolean =>
  /\b(COLLATE|AUTOINCREMENT|ON\s+CONFLICT)\b/i.test(
    session.row("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table)![0] as string,
  );

const readReferences = (session: ReadSession, table: string) =>
  session.rows(
    'SELECT "table", "from", "to", on_update, on_delete, match FROM pragma_foreign_key_list(?) ORDER BY 1, 2, 3',
    table,
  );

const toAction = ([, column, , onUpdate, onDelete]: readonly SqlStorageValue[]) =>
  ({ column, onUpdate, onDelete }) as ReferenceAction;

/** Columns of the table that foreign keys name. Tables of the platform are none of ours to look at. */
const readReferredColumns = (session: ReadSession, table: string): string[] =>
  session
    .rows(
      `SELECT DISTINCT k."to" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k
       WHERE m.type = 'table' AND substr(m.name, 1, 4) <> '_cf_' AND k."to" IS NOT NULL AND k."table" = ? COLLATE NOCASE`,
      table,
    )
    .map(([column]) => column as string);
