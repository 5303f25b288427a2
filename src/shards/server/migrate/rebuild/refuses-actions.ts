/** Whether the copy of a table could make writes of the release before fail. */
import type { ReadSession } from '../../../sql/sql-session.ts';
import { itemsOf, tokensOf } from '../sql-parts.ts';
import { copyName } from './copy-sql.ts';
import { withoutOwnName } from './own-name.ts';

/** Column of the table that refers to another row, and what SQLite does to it when that row changes or goes. */
export interface ReferenceAction {
  readonly column: string;
  readonly onUpdate: string;
  readonly onDelete: string;
}

/**
 * When a row goes that others refer to, SQLite sets their references to NULL, say: in the copy too, and there before triggers can take rows out
 * of it. True if the copy may refuse such a value that the table takes: the write would fail because of what the row is to become.
 */
export function refusesActions(session: ReadSession, table: string, references: readonly ReferenceAction[]): boolean {
  const copy = copyName(table);
  const set = references.filter(
    ({ onUpdate, onDelete }) => setsValue(onUpdate) || setsValue(onDelete) || onUpdate === 'CASCADE',
  );
  if (set.length === 0) return false;
  // Which other constraints a default runs into cannot be told.
  if (set.some(({ onUpdate, onDelete }) => [onUpdate, onDelete].includes('SET DEFAULT'))) return true;
  const [before, after] = [readRequired(session, table), readRequired(session, copy)];
  if (set.some(({ column }) => after.includes(column) && !before.includes(column))) return true;
  const checks = readChecks(session, table);
  return readChecks(session, copy).some((check) => !checks.includes(check));
}

const setsValue = (action: string): boolean => action.startsWith('SET ');

/** Columns that must have a value. */
const readRequired = (session: ReadSession, table: string): string[] =>
  session.rows('SELECT name FROM pragma_table_xinfo(?) WHERE "notnull"', table).map(([name]) => name as string);

/** Columns and constraints that have a check, as they are written. */
function readChecks(session: ReadSession, table: string): string[] {
  const [sql] = session.row("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table) as [string];
  const list = tokensOf(sql).find(({ text }) => text.startsWith('('))!;
  return itemsOf(withoutOwnName(list.text, table)).filter((item) => /\bCHECK\b/i.test(item));
}
