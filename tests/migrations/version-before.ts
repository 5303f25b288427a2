import { keyImageSql } from '../../src/shards/server/log/row-image-sql.ts';

/**
 * SQL of the version that a row of a table had before migrations: by the log, where they have changed it. Tests tell rows
 * apart by it. `r` is the table's alias.
 */
export function versionBeforeSql(table: string, key: readonly string[]): string {
  const primaryKey = key.map((sqlName) => ({ sqlName, mayBeReal: true }));
  const logged = `SELECT substr(CAST(image AS TEXT), ${'8:_versioni'.length + 1}) AS version FROM _log
    WHERE "table" = '${table.replaceAll("'", "''")}' AND op = 'update' AND pk = ${keyImageSql({ primaryKey }, 'r')} ORDER BY seq LIMIT 1`;
  // The length stands before it, the values of other columns behind.
  const version = "CAST(substr(version, instr(version, ':') + 1, CAST(version AS INTEGER)) AS INTEGER)";
  return `coalesce((SELECT ${version} FROM (${logged})), r._version)`;
}
