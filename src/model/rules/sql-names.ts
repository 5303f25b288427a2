import { whereColumn, whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** What drizzle-kit writes between back-ticks or double quotes without escaping it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; \p{Cc} takes a start much longer.
const UNQUOTABLE = /[`"\u0000-\u001f\u007f-\u009f]/;

/** What has a name: a table, an index of it, or one of its columns, by property name. */
interface Named {
  readonly kind: 'table' | 'index' | 'column';
  readonly table: TableDraft;
  readonly column: string | null;
}

/** Names in SQL are free, can be quoted, and are unique without regard to case, as SQLite compares them. */
export const sqlNamesRule: ModelRule = ({ tables }, report) => {
  const relationNames = new Claims<Named>();
  for (const table of tables) {
    check(table.sqlName, { kind: 'table', table, column: null }, relationNames, report);
    const columnNames = new Claims<Named>();
    for (const { name, sqlName } of table.columns) {
      check(sqlName, { kind: 'column', table, column: name }, columnNames, report);
    }
    for (const { name } of table.indexes) check(name, { kind: 'index', table, column: null }, relationNames, report);
  }
};

function check(name: string, named: Named, claims: Claims<Named>, report: Report): void {
  const lowerCase = name.toLowerCase();
  if (name === '' || isReserved(lowerCase) || UNQUOTABLE.test(name)) {
    report({
      where: whereOf(named),
      message: `Expected a SQL name of the ${named.kind} that starts with neither "_" nor "sqlite_" and has no quotes, but got "${name}".`,
      remedy: `Rename the ${named.kind} in SQL; its GraphQL name can stay.`,
    });
  }
  const holder = claims.claim(lowerCase, named);
  if (holder === null) return;
  report({
    where: whereOf(named),
    message: `Expected a SQL name of its own, but got "${name}" for the ${textOf(named)} as well as for the ${textOf(holder)}.`,
    remedy: 'Rename one of them in SQL; names of tables and indexes share one space.',
  });
}

/** `_…` are ShardQL's own tables and columns, `sqlite_…` SQLite's, `_cf_…` the platform's. */
const isReserved = (lowerCase: string): boolean => lowerCase.startsWith('_') || lowerCase.startsWith('sqlite_');

const whereOf = ({ table, column }: Named): string =>
  column === null ? whereTable(table) : whereColumn(table, column);

const textOf = ({ kind, table, column }: Named): string =>
  column === null ? `${kind} of ${table.typeName}` : `column "${column}"`;
