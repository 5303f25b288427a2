import { getOrInsert } from '../../../lib/get-or-insert.ts';
import type { Migration, Model } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import { parseUniqueIndex } from '../migrate/sql-parts.ts';
import { type Since, schemaSince } from '../undo/schema-since.ts';

/** What became of a table that log rows name, which were written under this schema. */
export type PastSchema = (loggedTable: string, schema: string) => Since;

/**
 * What log rows of any age mean under today's model. Renames are followed, values of columns that are gone are left out, and
 * columns that came later keep what they hold, or their default. Beyond that a migration is a barrier: one that may have converted
 * values of the table, and one that has made values unique which were not when the rows were written.
 */
export function pastSchema(model: Model, migrations: readonly Migration[]): PastSchema {
  const sinceBySchema = new Map<string, (loggedTable: string) => Since>();
  return (loggedTable, schema) =>
    getOrInsert(sinceBySchema, schema, () => sinceOf(model, migrations, schema))(loggedTable);
}

function sinceOf(model: Model, migrations: readonly Migration[], schema: string): (loggedTable: string) => Since {
  const follow = schemaSince(model, migrations, schema);
  const later = migrations.slice(migrations.findIndex(({ tag }) => tag === schema) + 1);
  const found = new Map<string, Since>();
  return (loggedTable) =>
    getOrInsert(found, loggedTable, () => {
      const since = follow(loggedTable);
      if ('changed' in since) return since;
      const unique = laterUniqueIndex(later, loggedTable);
      return unique === undefined
        ? since
        : { changed: `a table that migration ${unique.tag} has given a unique index` };
    });
}

export const barrier = (table: string, changed: string): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    `Expected a time since which rows can be taken back, but got one before a change of the schema: "${table}" is ${changed}. Take a time after that migration. A backup from before it goes further back, as does the whole shard by the platform.`,
  );

/** The first of these migrations that makes values of a table unique, by the name that the table has by then. */
function laterUniqueIndex(later: readonly Migration[], loggedTable: string): Migration | undefined {
  let name = loggedTable;
  return later.find(({ renames, statements }) => {
    const before = name;
    name = renames.find(({ table, column }) => column === undefined && table === before)?.to ?? before;
    return statements.some((statement) => [before, name].includes(parseUniqueIndex(statement)?.table ?? ''));
  });
}
