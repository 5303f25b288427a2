/** Mends what drizzle-kit's SQLite statements get wrong. */
import type { Snapshot } from './snapshot.ts';

/**
 * A table rebuild copies rows with `INSERT INTO __new_x(…) SELECT … FROM x`. drizzle-kit lists every new column on both
 * sides: a column that the old table lacks would be filled with its own name as text, and generated columns cannot be
 * written. Only the columns that both tables store are copied; the row version is one of them.
 */
export function repairRebuilds(statements: readonly string[], previous: Snapshot, current: Snapshot): string[] {
  const renamed = new Set(statements.flatMap((statement) => renamedColumn(statement) ?? []));
  return statements.map((statement) => {
    const match = /^INSERT INTO `__new_(.+)`\(.+\) SELECT .+ FROM `\1`;$/.exec(statement);
    if (match === null) return statement;
    const tableName = match[1]!;
    const oldColumns = previous.tables[tableName]?.columns;
    const stored = Object.values(current.tables[tableName]!.columns).filter(
      (column) =>
        column.generated === undefined &&
        // A table that was just renamed is not in the old snapshot under this name: its columns are trusted.
        (oldColumns === undefined || column.name in oldColumns || renamed.has(`${tableName}.${column.name}`)),
    );
    const names = stored.map((column) => `\`${column.name}\``).join(', ');
    return `INSERT INTO \`__new_${tableName}\`(${names}) SELECT ${names} FROM \`${tableName}\`;`;
  });
}

function renamedColumn(statement: string): string | null {
  const match = /^ALTER TABLE `(.+)` RENAME COLUMN ["`](.+)["`] TO ["`](.+)["`];$/.exec(statement);
  return match && `${match[1]}.${match[3]}`;
}

/** @throws {Error} if a column is added that existing rows could not fill: SQLite would refuse it in every shard. */
export function checkAddedColumns(previous: Snapshot, current: Snapshot): void {
  for (const [tableName, table] of Object.entries(current.tables)) {
    const oldColumns = previous.tables[tableName]?.columns;
    if (oldColumns === undefined) continue;
    for (const column of Object.values(table.columns)) {
      if (column.name in oldColumns || !column.notNull || column.default !== undefined || column.generated) continue;
      throw new Error(
        `Expected the new column "${column.name}" of table "${tableName}" to have a value for existing rows, but got NOT NULL without a default. Give it .default(…), or leave out .notNull(); nothing was written.`,
      );
    }
  }
}
