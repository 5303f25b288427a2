/** Migrations whose SQL files were changed by hand are rehearsed again: they may do as they like, and must end where they did. */
import { notesAtOnce } from './at-once.ts';
import type { Change, Words } from './change/change.ts';
import { withDrop } from './change/lost-names.ts';
import { matchNames } from './change/match-names.ts';
import { type MigrationFolder, sqlPath, statementsHash } from './migration-folder.ts';
import { type Tables, tablesOfMigrations, tablesOfModel } from './next-migration.ts';
import { rehearse } from './rehearsal/rehearse.ts';
import type { Facts } from './schema/facts.ts';
import { schemaDifferences } from './schema/schema-differences.ts';

export interface Edited {
  /** Place in the folder. */
  readonly index: number;
  /** With the hash of the statements as they are now. */
  readonly facts: Facts;
  /** What it does to rows that generated statements would not do. */
  readonly notes: readonly string[];
}

/** @throws {Error} if an edited migration fails, or does not end in its tables. */
export const rehearseEdited = (folder: MigrationFolder): Edited[] =>
  folder.migrations.flatMap(({ statements, facts }, index) => {
    if (facts === null || facts.hash === statementsHash(statements)) return [];
    return [{ index, facts: { ...facts, hash: statementsHash(statements) }, notes: rehearseAt(folder, index) }];
  });

function rehearseAt(folder: MigrationFolder, index: number): string[] {
  const { tag, statements, snapshot, facts } = folder.migrations[index]!;
  const before = tablesOfMigrations(folder.migrations.slice(0, index));
  const after = tablesOfModel(snapshot, facts!.tables);
  const refuse = (problems: readonly string[]): void => {
    if (problems.length === 0) return;
    throw new Error(
      `Expected ${sqlPath(folder.path, tag)}, which was edited, to end in the tables that it was made for, but ${problems.join('; ')}. Nothing was written.`,
    );
  };
  if (index === 0) {
    refuse(schemaDifferences(tablesOfMigrations([folder.migrations[0]!]).schema, after.schema));
    return [];
  }
  const change = changeOf(before, after, facts!);
  const { failures, losses } = rehearse({ change, statements, before, after });
  refuse(failures);
  const notes = [...losses.map((loss) => `${loss}.`), ...notesAtOnce(before.statements, { tag, statements })];
  return notes.map((note) => `${tag} as it was edited: ${note}`);
}

/** The change that the migration was made for: its renames are kept with it, and all else that is gone was given up. */
function changeOf(before: Tables, after: Tables, { renames }: Facts): Change {
  const oldNameOf = (name: string): string =>
    renames.find(({ column, to }) => column === undefined && to === name)?.table ?? name;
  let words: Words = {
    renames: renames.map(({ table, column, to }) => ({
      from: column === undefined ? table : `${oldNameOf(table)}.${column}`,
      to,
    })),
    drops: [],
  };
  for (;;) {
    const match = matchNames(before.schema, after.schema, words);
    if ('change' in match) return match.change;
    words = match.losses.reduce(withDrop, words);
  }
}
