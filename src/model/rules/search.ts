import { whereColumn, whereTable } from '../model-draft.ts';
import { code, textCode } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ColumnModel } from '../types.ts';
import type { ModelRule } from './rule.ts';

/** What one list can still be ranked and highlighted by: within the limits of function arguments and result columns. */
const MAX_SEARCH_COLUMNS = 24;

/** Full-text columns exist, hold plain text that is written as it is, and are named once. */
export const searchRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const { search } = table;
    if (search === null) continue;
    if (search.length === 0 || search.length > MAX_SEARCH_COLUMNS) {
      report({
        where: whereTable(table),
        message: `Expected 1 to ${MAX_SEARCH_COLUMNS} columns in search, but got ${search.length}.`,
        remedy:
          search.length === 0
            ? 'Leave search out, or name columns of plain text.'
            : `Search the columns that people look for words in, such as ${code(searchCode(search.slice(0, MAX_SEARCH_COLUMNS)))}.`,
      });
    }
    for (const [at, name] of search.entries()) {
      const flaw = search.indexOf(name) < at ? NAMED_TWICE : flawOf(table.columnByName.get(name));
      if (flaw === null) continue;
      const remedy = `${flaw.remedy} ${withoutFlawed(table)}`;
      report({ where: whereColumn(table, name), message: messageOf(table, name, flaw), remedy });
    }
  }
};

const searchCode = (names: readonly string[]): string => `search: [${names.map(textCode).join(', ')}]`;

/** What is left of the list, or what it could be. */
function withoutFlawed({ search, columns, columnByName, primaryKey }: TableDraft): string {
  const sound = [...new Set(search)].filter((name) => flawOf(columnByName.get(name)) === null);
  const others = columns
    .filter((column) => flawOf(column) === null && !primaryKey.includes(column.name))
    .map(({ name }) => name);
  const names = sound.length > 0 ? sound : others.slice(0, MAX_SEARCH_COLUMNS);
  return names.length > 0
    ? `Write ${code(searchCode(names))}.`
    : 'Leave search out: the table has no other column of plain text.';
}

interface Flaw {
  readonly got: string;
  readonly remedy: string;
}

const NAMED_TWICE: Flaw = { got: 'it twice', remedy: 'Name it once.' };

function flawOf(column: ColumnModel | undefined): Flaw | null {
  if (column === undefined) {
    return { got: 'no such column', remedy: "Name columns by their property in the Drizzle table, not by SQL's name." };
  }
  if (column.generated) {
    return { got: 'a generated column', remedy: 'Search the columns that it is generated from.' };
  }
  if (column.enum) return { got: 'an enum', remedy: 'Filter by it instead.' };
  if (column.wire === 'text' && (column.scalar === 'String' || column.scalar === 'ID')) return null;
  return { got: column.scalar, remedy: 'Keep the words to be found in a text() column of their own.' };
}

const messageOf = (table: TableDraft, name: string, { got }: Flaw): string =>
  `Expected search of ${table.typeName} to name columns of plain text, but got ${got} at "${name}".`;
