/**
 * Whether a migration only adds to the tables there are: then the release before, which does not know what was added, reads and writes
 * what it knows as it did. It is told by the statements themselves, and noted with the migration when that is run: the release before
 * has none of its SQL.
 */
import { isWord, parseUniqueIndex, type Token, tokensOf, unquoted } from './sql-parts.ts';

/** What the statements before have added. */
interface Added {
  readonly tables: Set<string>;
  /** As `table.column`. */
  readonly columns: Set<string>;
  /** Of these, those that are NULL in rows of whoever does not know them. */
  readonly nullColumns: Set<string>;
}

export function isAdditive(statements: readonly string[]): boolean {
  const added: Added = { tables: new Set(), columns: new Set(), nullColumns: new Set() };
  return statements.every((statement) => adds(statement, added));
}

function adds(statement: string, added: Added): boolean {
  const tokens = tokensOf(statement);
  // Several statements in one are none that we have written.
  if (tokens.some(({ text }) => text === ';')) return false;
  const [first, second, third] = tokens;
  if (isWord(first, 'CREATE')) {
    if (isWord(second, 'TABLE')) return addsTable(tokens, added);
    if (isWord(second, 'UNIQUE')) return addsUniqueIndex(statement, added);
    return isWord(second, 'INDEX');
  }
  if (isWord(first, 'ALTER')) return addsColumn(tokens, added);
  if (isWord(first, 'INSERT')) return third !== undefined && added.tables.has(unquoted(third.text));
  if (isWord(first, 'UPDATE')) return fillsColumns(tokens, added);
  // Of rows that are gone it does not matter what was meant by their values.
  return isWord(first, 'DELETE');
}

/** `UPDATE table SET column = …, column = …`, of new columns alone: those of before may mean something else by it, such as other units. */
function fillsColumns(tokens: readonly Token[], { tables, columns }: Added): boolean {
  const [, table, set] = tokens;
  if (table === undefined || !isWord(set, 'SET')) return false;
  const name = unquoted(table.text);
  const end = tokens.findIndex((token) => isWord(token, 'WHERE'));
  const assigned = tokens.slice(2, end < 0 ? undefined : end);
  const names = assigned.flatMap(({ text }, at) => (at === 0 || text === ',' ? [assigned[at + 1]?.text ?? ''] : []));
  return tables.has(name) || names.every((column) => columns.has(`${name}.${unquoted(column)}`));
}

/** `CREATE TABLE name (…)`. */
function addsTable(tokens: readonly Token[], { tables }: Added): boolean {
  const [, , name, columns] = tokens;
  if (name === undefined || !columns?.text.startsWith('(')) return false;
  tables.add(unquoted(name.text));
  return true;
}

/** Rows that the release before writes must not fail by it: those of new tables, and those with a NULL in a new column, which equals no other. */
function addsUniqueIndex(statement: string, { tables, nullColumns }: Added): boolean {
  const index = parseUniqueIndex(statement);
  if (index === null) return false;
  const { table, terms } = index;
  return tables.has(table) || terms.some((term) => nullColumns.has(`${table}.${unquoted(term)}`));
}

/** `ALTER TABLE table ADD COLUMN name …`. A check may look at columns of before. */
function addsColumn(tokens: readonly Token[], { columns, nullColumns }: Added): boolean {
  const [, , table, add, ...rest] = tokens;
  if (!isWord(add, 'ADD')) return false;
  const [name, ...definition] = isWord(rest[0], 'COLUMN') ? rest.slice(1) : rest;
  const has = (word: string): boolean => definition.some((token) => isWord(token, word));
  if (name === undefined || has('CHECK')) return false;
  const column = `${unquoted(table!.text)}.${unquoted(name.text)}`;
  columns.add(column);
  if (!has('DEFAULT') && !has('AS')) nullColumns.add(column);
  return true;
}
