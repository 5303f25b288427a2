/** The way back from the last migration: the change from its tables to those before it. */
import type { Change, Words } from './change/change.ts';
import { withDrop } from './change/lost-names.ts';
import type { MigrationFolder } from './migration-folder.ts';
import {
  findMatch,
  type ModelTables,
  makeMigration,
  type NextMigration,
  type Tables,
  tablesOfModel,
} from './next-migration.ts';
import { schemaDifferences } from './schema/schema-differences.ts';

/**
 * Names that the migration gave are given back; tables and columns that it brought go with their values, and what it
 * dropped comes back empty.
 *
 * @throws {Error} if it is not the last one, or the model is not as it was before it.
 */
function changeBack(
  { migrations }: MigrationFolder,
  before: Tables,
  after: ModelTables,
  tag: string,
  said: Words,
): Change {
  const last = migrations.at(-1);
  const previous = migrations.at(-2);
  if (last?.tag !== tag) {
    throw new Error(
      `Expected --revert to name the last migration, ${last?.tag ?? 'of which there is none'}, but got ${tag}. Nothing was written.`,
    );
  }
  if (said.renames.length + said.drops.length > 0) {
    throw new Error(
      'Expected --revert without --rename and --drop: it takes back what the migration did. Nothing was written.',
    );
  }
  if (previous === undefined) {
    throw new Error(`Expected a migration before ${tag} to go back to, but got the first one. Nothing was written.`);
  }
  if (last.facts?.reverts) {
    throw new Error(
      `Expected a migration that does not itself take one back, but got ${tag}. Change the model, and run db:generate without --revert. Nothing was written.`,
    );
  }
  const differences = schemaDifferences(after.schema, tablesOfModel(previous.snapshot, {}).schema);
  if (differences.length > 0) {
    throw new Error(
      `Expected the model to be as it was before ${tag}, but ${differences.join('; ')}. Restore it from version control first. Nothing was written.`,
    );
  }
  let words: Words = { renames: (last.facts?.renames ?? []).map(renameBack), drops: [] };
  for (;;) {
    const match = findMatch(before, after, words);
    if ('change' in match) return match.change;
    words = match.losses.reduce(withDrop, words);
  }
}

/**
 * The migration that takes back the last one.
 *
 * @throws {Error} if it is not the last one, the model is not as it was before it, or what it gave up cannot come back.
 */
export function makeReversal(
  folder: MigrationFolder,
  before: Tables,
  after: ModelTables,
  tag: string,
  said: Words,
): NextMigration {
  const change = changeBack(folder, before, after, tag, said);
  try {
    return makeMigration(before, after, change);
  } catch (error) {
    throw new Error(
      `Expected a migration whose way back loses and invents nothing, but got ${tag}:\n${(error as Error).message}\nWhat is said there goes without --revert: change the model to what its rows can be now, and run db:generate. If ${tag} fails in some shards, edit it, too, so that it runs in them.`,
    );
  }
}

const renameBack = ({ table, column, to }: { table: string; column?: string; to: string }): Words['renames'][number] =>
  column === undefined ? { from: to, to: table } : { from: `${table}.${to}`, to: column };
