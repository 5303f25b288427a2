import { whereColumn, whereTable } from '../model-draft.ts';
import type { Report } from '../model-error.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** `_…` are ShardQL's own tables and columns, `sqlite_…` SQLite's, `_cf_…` the platform's. */
const RESERVED_PREFIX = /^(?:_|sqlite_)/i;

/** What drizzle-kit writes between back-ticks or double quotes without escaping it. */
const UNQUOTABLE = /[`"\p{Cc}]/u;

/** Names in SQL are free, can be quoted, and are unique without regard to case, as SQLite compares them. */
export const sqlNamesRule: ModelRule = ({ tables }, report) => {
  const relationNames = new Claims();
  for (const table of tables) {
    const where = whereTable(table);
    checkName('table', table.sqlName, where, report);
    claim(relationNames, table.sqlName, `table of ${table.typeName}`, where, report);
    const columnNames = new Claims();
    for (const column of table.columns) {
      checkName('column', column.sqlName, whereColumn(table, column.name), report);
      claim(columnNames, column.sqlName, `column "${column.name}"`, whereColumn(table, column.name), report);
    }
    for (const index of table.indexes) {
      checkName('index', index.name, where, report);
      claim(relationNames, index.name, `index of ${table.typeName}`, where, report);
    }
  }
};

function checkName(what: string, name: string, where: string, report: Report): void {
  if (name !== '' && !RESERVED_PREFIX.test(name) && !UNQUOTABLE.test(name)) return;
  report({
    where,
    message: `Expected a SQL name of the ${what} that starts with neither "_" nor "sqlite_" and has no quotes, but got "${name}".`,
    remedy: `Rename the ${what} in SQL; its GraphQL name can stay.`,
  });
}

function claim(claims: Claims, name: string, origin: string, where: string, report: Report): void {
  const holder = claims.claim(name.toLowerCase(), origin);
  if (holder === null) return;
  report({
    where,
    message: `Expected a SQL name of its own, but got "${name}" for the ${origin} as well as for the ${holder}.`,
    remedy: 'Rename one of them in SQL; names of tables and indexes share one space.',
  });
}
