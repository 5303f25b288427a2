import { SqlSession } from '../../../src/shards/sql/sql-session.ts';

const METHODS = ['rows', 'each', 'run'] as const;
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
/** Names before a parenthesis are functions, which no other name is taken for. */
const WORD = /(?<![\w$])[a-z_]\w*(?!\w|\s*\()/gi;

/** Names of the model are the only ones in double quotes, but for that of a column of our log. */
const namesModel = (sql: string): boolean => sql.replaceAll('"table"', '').includes('"');

/** Remembers all SQL that runs in this isolate from now on. */
export function watchStatements() {
  const seen = new Set<string>();
  for (const method of METHODS) {
    const original = SqlSession.prototype[method] as (sql: string, ...rest: unknown[]) => unknown;
    Object.defineProperty(SqlSession.prototype, method, {
      configurable: true,
      writable: true,
      value(this: SqlSession, sql: string, ...rest: unknown[]) {
        seen.add(sql);
        return original.call(this, sql, ...rest);
      },
    });
  }
  return {
    /** The words outside of quotes, in lower case, of statements that speak of a model: in others its names are out of sight. */
    words: (): ReadonlySet<string> =>
      new Set(
        [...seen].filter(namesModel).flatMap((sql) => sql.replace(QUOTED, ' ? ').toLowerCase().match(WORD) ?? []),
      ),
  };
}
