/** Reads the statements that a rebuild is made of. Null: it is another one, or more than is understood here. */
import { quoteName } from '../../../sql/sql-text.ts';
import {
  isWord,
  itemsOf,
  parseInsertSelect,
  parseUpdate,
  rowEffect,
  type Token,
  tokensOf,
  unquoted,
} from '../sql-parts.ts';
import { NEW_PREFIX } from '../stored-table.ts';
import { isByRow } from './by-row.ts';
import { withoutOwnName } from './own-name.ts';

/** `CREATE TABLE name (…)` with another name. */
export function createdUnder(sql: string, name: string, other: string): string | null {
  const [create, table, named, columns, ...rest] = tokensOf(sql);
  if (!isWord(create, 'CREATE') || !isWord(table, 'TABLE') || unquoted(named?.text ?? '') !== name) return null;
  if (!columns?.text.startsWith('(') || rest.length > 0 || HAS_RULES.test(columns.text)) return null;
  return `CREATE TABLE ${quoteName(other)} ${withoutOwnName(columns.text, name)}`;
}

const HAS_RULES = /\b(AUTOINCREMENT|COLLATE|ON\s+CONFLICT)\b/i;

/** Names of columns, and first words of constraints, of a `CREATE TABLE`. */
export const createdColumns = (sql: string): string[] =>
  itemsOf(tokensOf(sql).find(({ text }) => text.startsWith('('))?.text ?? '()').map((item) =>
    unquoted(tokensOf(item)[0]?.text ?? ''),
  );

interface Copy {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly string[];
}

/** `INSERT INTO __new_table (columns) SELECT values FROM table`, of each row by itself. */
export function parseCopy(sql: string): Copy | null {
  const insert = parseInsertSelect(sql);
  if (insert === null) return null;
  const tokens = tokensOf(insert.select);
  const from = tokens.findIndex((token) => isWord(token, 'FROM'));
  const [select, source] = [tokens[0], tokens[from + 1]];
  if (!isWord(select, 'SELECT') || from < 2 || !source || tokens.length !== from + 2) return null;
  const list = insert.select.slice(select!.end, tokens[from]!.start).trim();
  const table = unquoted(source.text);
  if (insert.table !== NEW_PREFIX + table || !isByRow(list)) return null;
  const values = itemsOf(`(${list})`);
  return values.length === insert.columns.length ? { table, columns: insert.columns, values } : null;
}

/** Whether two statements put `__new_table` in the table's place. */
export function replaces(table: string, drop: string, rename: string): boolean {
  const [dropped, renamed] = [rowEffect(drop), rowEffect(rename)];
  return (
    (dropped.kind === 'drop' && dropped.table) === table &&
    renamed.kind === 'rename' &&
    renamed.from === NEW_PREFIX + table &&
    renamed.to === table
  );
}

interface Assignments {
  readonly table: string;
  readonly set: readonly (readonly [column: string, value: string])[];
  /** Null: of all rows. */
  readonly condition: string | null;
}

/** `UPDATE table SET column = value, … WHERE condition`, of each row by itself. */
export function parseAssignments(sql: string): Assignments | null {
  const update = parseUpdate(sql);
  if (update === null) return null;
  const { table, head, condition } = update;
  const set = itemsOf(`(${head.slice(tokensOf(head)[2]!.end)})`).map((item) => {
    const [column, is] = tokensOf(item);
    return column && is?.text === '=' ? ([unquoted(column.text), item.slice(is.end).trim()] as const) : null;
  });
  const isRead = set.every((each) => each !== null && each[1] !== '' && isByRow(each[1]));
  return isRead && (condition === null || isByRow(condition))
    ? { table, set: set as Assignments['set'], condition }
    : null;
}

interface AddedColumn {
  readonly name: string;
  readonly isGenerated: boolean;
  /** The same statement for another table. */
  readonly of: (table: string) => string;
}

/** `ALTER TABLE table ADD COLUMN name …`. */
export function parseAddedColumn(sql: string, table: string): AddedColumn | null {
  const [alter, , named, add, ...rest] = tokensOf(sql);
  if (!isWord(alter, 'ALTER') || unquoted(named?.text ?? '') !== table || !isWord(add, 'ADD')) return null;
  const [name, ...definition] = isWord(rest[0], 'COLUMN') ? rest.slice(1) : rest;
  if (name === undefined || HAS_RULES.test(sql)) return null;
  const text = withoutOwnName(sql.slice(name.start).replace(/;\s*$/, ''), table);
  return {
    name: unquoted(name.text),
    isGenerated: definition.some((token) => isWord(token, 'AS')),
    of: (other) => `ALTER TABLE ${quoteName(other)} ADD COLUMN ${text}`,
  };
}

/** `CREATE [UNIQUE] INDEX name ON table (…)`. */
export function parseIndexOf(sql: string, table: string): { readonly name: string; readonly isUnique: boolean } | null {
  const tokens = tokensOf(sql);
  const isUnique = isWord(tokens[1], 'UNIQUE');
  const [index, name, on, named] = tokens.slice(isUnique ? 2 : 1) as (Token | undefined)[];
  if (!isWord(tokens[0], 'CREATE') || !isWord(index, 'INDEX') || !isWord(on, 'ON')) return null;
  return unquoted(named?.text ?? '') === table ? { name: unquoted(name!.text), isUnique } : null;
}

/** `DROP INDEX [IF EXISTS] name`. */
export function parseIndexDrop(sql: string): string | null {
  const [drop, index, ...rest] = tokensOf(sql);
  if (!isWord(drop, 'DROP') || !isWord(index, 'INDEX')) return null;
  return unquoted((isWord(rest[0], 'IF') ? rest[2] : rest[0])?.text ?? '');
}
