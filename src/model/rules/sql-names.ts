import { whereColumn, whereTable } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** What drizzle-kit writes between quotes without escaping it, and the marks at which it takes lists of names apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; \p{Cc} takes a start much longer.
const UNWRITABLE = /[`",;\u0000-\u001f\u007f-\u009f]/;

/**
 * SQLite's rows before and after a change, in triggers and in foreign-key actions; and functions that are read as tables, which a
 * table of that name hides.
 */
const TABLE_NAMES_OF_SQLITE = ['new', 'old', 'json_each'];
const TABLE_PREFIX_OF_SQLITE = 'pragma_';

const KINDS_IN_DATABASE = ['table', 'index'] as const;
type Kind = (typeof KINDS_IN_DATABASE)[number] | 'column' | 'check' | 'foreign key';

/** What has a name: a table, one of its columns (by property name), or an index, check or foreign key of it. */
interface Named {
  readonly kind: Kind;
  readonly table: TableDraft;
  readonly column: string | null;
}

/** Names in SQL are free, can be written, and are unique without regard to case, as SQLite compares them. */
export const sqlNamesRule: ModelRule = ({ tables }, report) => {
  const inDatabase = new Claims<Named>();
  for (const table of tables) {
    check(table.sqlName, { kind: 'table', table, column: null }, inDatabase, report);
    const columns = new Claims<Named>();
    for (const { name, sqlName } of table.columns) {
      check(sqlName, { kind: 'column', table, column: name }, columns, report);
    }
    for (const { name } of table.indexes) check(name, { kind: 'index', table, column: null }, inDatabase, report);
    const constraints = new Claims<Named>();
    for (const name of table.checks) check(name, { kind: 'check', table, column: null }, constraints, report);
    for (const { name } of table.foreignKeys) {
      const flaw = flawOf(name, 'foreign key');
      if (flaw !== null) reportFlaw(name, flaw, { kind: 'foreign key', table, column: null }, report);
    }
  }
};

function check(name: string, named: Named, claims: Claims<Named>, report: ReportProblem): void {
  const flaw = flawOf(name, named.kind);
  if (flaw !== null) reportFlaw(name, flaw, named, report);
  const holder = claims.claim(name.toLowerCase(), named);
  if (holder === null) return;
  const isSpaceShared = named.kind === 'table' || named.kind === 'index';
  report({
    where: whereOf(named),
    message: `Expected a SQL name of its own, in whatever case, but got "${name}" for the ${textOf(named)} as well as for the ${textOf(holder)}.`,
    remedy: `Rename one of them in SQL${isSpaceShared ? '; names of tables and indexes share one space' : ''}.`,
  });
}

/** What the name should have been, as the end of a sentence; null if nothing is wrong with it. */
function flawOf(name: string, kind: Kind): string | null {
  const lowerCase = name.toLowerCase();
  const isInDatabase = KINDS_IN_DATABASE.some((each) => each === kind);
  if (name === '') return 'that is not empty';
  // `_…` are ShardQL's own tables and columns, `sqlite_…` SQLite's, `_cf_…` the platform's. Constraints are in no list of names.
  if ((isInDatabase || kind === 'column') && (lowerCase.startsWith('_') || lowerCase.startsWith('sqlite_'))) {
    return 'that starts with neither "_" nor "sqlite_"';
  }
  if (UNWRITABLE.test(name) || !name.isWellFormed()) {
    return 'without quotes, commas, semicolons, control characters and halves of characters';
  }
  if (kind === 'table' && (TABLE_NAMES_OF_SQLITE.includes(lowerCase) || lowerCase.startsWith(TABLE_PREFIX_OF_SQLITE))) {
    return `other than ${TABLE_NAMES_OF_SQLITE.join(', ')} and ${TABLE_PREFIX_OF_SQLITE}…, which mean something else to SQLite`;
  }
  // drizzle-kit takes what every object has under such a name for what it knows of the table or index.
  if (name in {} && kind !== 'column') return 'that is no property of every JavaScript object';
  return null;
}

const reportFlaw = (name: string, flaw: string, named: Named, report: ReportProblem): void =>
  report({
    where: whereOf(named),
    message: `Expected a SQL name of the ${named.kind} ${flaw}, but got ${JSON.stringify(name)}.`,
    remedy: REMEDIES[named.kind](named.table),
  });

const REMEDIES: Readonly<Record<Kind, (table: TableDraft) => string>> = {
  table: ({ list }) =>
    `Rename the table in SQL: sqliteTable('…', …). Its type stays; list: '${list}' keeps the list's name too.`,
  column: () => "Rename the column in SQL, such as text('…'); its GraphQL name can stay.",
  index: () => "Rename the index: index('…') or uniqueIndex('…').",
  check: () => "Rename the check: check('…', …).",
  'foreign key': () => "Name the foreign key: foreignKey({ name: '…', … }).",
};

const whereOf = ({ table, column }: Named): string =>
  column === null ? whereTable(table) : whereColumn(table, column);

const textOf = ({ kind, table, column }: Named): string =>
  column === null ? `${kind} of ${table.typeName}` : `column "${column}"`;
