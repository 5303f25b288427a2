/**
 * SQLite cannot rename an index. Where a table was rebuilt with its indexes, those of the old table had their names until it was gone: so the new ones have
 * another one, until they are rebuilt again. This is where the two are known to be the same.
 */
const OTHER_PREFIX = '__1_';

/** The other name that an index may have in a database. */
export const otherIndexName = (name: string): string => OTHER_PREFIX + name;

/** What an index is called in models and migrations that has this name in a database. */
export const plannedIndexName = (name: string): string =>
  name.startsWith(OTHER_PREFIX) ? name.slice(OTHER_PREFIX.length) : name;

const NO_SUCH_INDEX = /^no such index: (.*?): SQLITE_ERROR/s;

/** The same query with the other name of an index that the database does not have by this one. Null: it was refused for another reason. */
export function withOtherIndexName(sql: string, error: unknown): string | null {
  const name = error instanceof Error ? NO_SUCH_INDEX.exec(error.message)?.[1] : undefined;
  if (name === undefined) return null;
  const other = name.startsWith(OTHER_PREFIX) ? plannedIndexName(name) : otherIndexName(name);
  const named = (index: string) => ` INDEXED BY "${index.replaceAll('"', '""')}"`;
  return sql.includes(named(name)) ? sql.replaceAll(named(name), named(other)) : null;
}

/** Greatest number of texts that are kept of a database. */
const MAX_TEXTS = 1_000;
const textsBySql = new WeakMap<SqlStorage, Map<string, string>>();
/** No database of this isolate has needed one: nothing is looked up for each statement. */
let hasTexts = false;

/** The text by which a database was last found to understand a statement. */
export const presentText = (database: SqlStorage, sql: string): string =>
  hasTexts ? (textsBySql.get(database)?.get(sql) ?? sql) : sql;

/** Keeps it; null: the statement's own. */
export function keepText(database: SqlStorage, sql: string, text: string | null): void {
  const kept = textsBySql.get(database);
  const texts = kept && kept.size < MAX_TEXTS ? kept : new Map<string, string>();
  textsBySql.set(database, texts);
  if (text === null) texts.delete(sql);
  else texts.set(sql, text);
  hasTexts = true;
}
