import type { ColumnModel, Migration, Model, TableModel } from '../../../model/types.ts';
import { parseColumnDrop, rowEffect } from '../migrate/sql-parts.ts';

/** A table of log rows, under the model of today. */
interface TableSince {
  readonly table: TableModel;
  /** A column by the name that images have. Null: it was dropped, or is worked out from others by now. */
  column(loggedName: string): ColumnModel | null;
}

/** What became since of a table that log rows name; or why that cannot be told, as the end of a sentence. */
export type Since = TableSince | { readonly changed: string };

/**
 * Follows tables and columns from the schema of log rows to that of the model, through the renames in between. Log rows hold
 * values as they were stored then. So a migration that may have converted values of the table in between is a barrier:
 * one that rebuilds it, changes rows of it, or has shards check its values.
 *
 * @param schema tag of the last migration when the rows were logged.
 */
export function schemaSince(
  model: Model,
  migrations: readonly Migration[],
  schema: string,
): (loggedTable: string) => Since {
  const found = new Map<string, Since>();
  return (loggedTable) => {
    let since = found.get(loggedTable);
    if (since === undefined) {
      since = follow(model, migrations, schema, loggedTable);
      found.set(loggedTable, since);
    }
    return since;
  };
}

function follow(model: Model, migrations: readonly Migration[], schema: string, loggedTable: string): Since {
  const at = migrations.findIndex(({ tag }) => tag === schema);
  if (at < 0 && schema !== '') return { changed: `tables of a migration "${schema}" that the release does not have` };
  const steps: ReadonlyMap<string, string | null>[] = [];
  const later = migrations.slice(at + 1);
  const earlierNames = namesBefore(loggedTable, later);
  let name = loggedTable;
  for (const { tag, renames, statements, checks } of later) {
    const before = name;
    name = renames.find(({ table, column }) => column === undefined && table === before)?.to ?? before;
    const isConverted =
      checks.some(({ table }) => table === name) ||
      statements.some(
        (statement) =>
          mayChangeRows(statement) && [before, name, ...earlierNames].some((table) => statement.includes(table)),
      );
    if (isConverted) return { changed: `a table whose values migration ${tag} may have converted` };
    const renamed = renames.flatMap(({ table, column, to }): [string, string][] =>
      column !== undefined && table === name ? [[column, to]] : [],
    );
    const dropped = statements.flatMap((statement): [string, null][] => {
      const drop = parseColumnDrop(statement);
      return drop !== null && [before, name].includes(drop.table) ? [[drop.column, null]] : [];
    });
    steps.push(new Map<string, string | null>([...renamed, ...dropped]));
  }
  const table = model.tables.find(({ sqlName }) => sqlName === name);
  if (table === undefined) return { changed: 'a table that a migration has dropped' };
  return {
    table,
    column(loggedName) {
      let sqlName: string | null = loggedName;
      for (const step of steps) if (sqlName !== null && step.has(sqlName)) sqlName = step.get(sqlName)!;
      const column = table.columns.find((each) => each.sqlName === sqlName);
      return column === undefined || column.generated ? null : column;
    },
  };
}

/** Rows that migrations have changed are logged under the name that their table had in the end. */
function namesBefore(loggedTable: string, migrations: readonly Migration[]): readonly string[] {
  const names = [loggedTable];
  for (const { renames } of migrations.toReversed()) {
    for (const { table, column, to } of renames) if (column === undefined && names.includes(to)) names.push(table);
  }
  return names.slice(1);
}

function mayChangeRows(statement: string): boolean {
  const { kind } = rowEffect(statement);
  return kind === 'rows' || kind === 'drop';
}
