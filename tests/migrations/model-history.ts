/** A model that changes over rows: its migrations, as `db:generate` makes them. */
import { bundled } from '../../scripts/migrations/bundle.ts';
import type { Words } from '../../scripts/migrations/change/change.ts';
import { lossesMessage } from '../../scripts/migrations/change/lost-names.ts';
import { type FolderMigration, type MigrationFolder, nextTag } from '../../scripts/migrations/migration-folder.ts';
import {
  findMatch,
  folderMigration,
  makeMigration,
  type NextMigration,
  tablesOfMigrations,
  tablesOfModel,
} from '../../scripts/migrations/next-migration.ts';
import { rehearseEdited } from '../../scripts/migrations/rehearse-edited.ts';
import { makeReversal } from '../../scripts/migrations/revert.ts';
import { tableFacts } from '../../scripts/migrations/schema/facts.ts';
import { takeSnapshot } from '../../scripts/migrations/schema/snapshot.ts';
import { physicalHash } from '../../src/model/physical.ts';
import type { MigrationBundle, Model } from '../../src/model/types.ts';

export class ModelHistory {
  #migrations: readonly FolderMigration[] = [];
  #model: Model | null = null;

  /** The bundle of the model as it is now. */
  get bundle(): MigrationBundle {
    return { migrations: this.#migrations.map(bundled), physicalHash: physicalHash(this.#model!) };
  }

  get folder(): MigrationFolder {
    return { path: 'migrations', migrations: this.#migrations };
  }

  forgetFacts(): void {
    this.#migrations = this.#migrations.map((migration) => ({ ...migration, facts: null }));
  }

  /** What an author does to the SQL file of the last migration, and `db:generate` then says of it. */
  edit(change: (statements: readonly string[]) => readonly string[]): readonly string[] {
    const last = this.#migrations.at(-1)!;
    const edited = [...this.#migrations.slice(0, -1), { ...last, statements: change(last.statements) }];
    const found = rehearseEdited({ path: 'migrations', migrations: edited });
    this.#migrations = edited.map((migration, at) => ({
      ...migration,
      facts: found.find(({ index }) => index === at)?.facts ?? migration.facts,
    }));
    return found.flatMap(({ notes }) => notes);
  }

  /** `db:generate --revert`: the model is again as it was. */
  async revert(model: Model, tag: string, words: Words = { renames: [], drops: [] }): Promise<NextMigration> {
    const snapshot = await takeSnapshot(model.physicalTables, this.#migrations.at(-1)!.snapshot);
    const after = tablesOfModel(snapshot, tableFacts(model));
    const before = tablesOfMigrations(this.#migrations);
    const next = makeReversal(this.folder, before, after, tag, words);
    this.#model = model;
    this.#migrations = [...this.#migrations, folderMigration(this.#nextTag(), next, after, tag)];
    return next;
  }

  /** @returns the migration to the model; null if there is nothing to do. @throws what `db:generate` would say. */
  async change(model: Model, words: Partial<Words> = {}): Promise<NextMigration | null> {
    const snapshot = await takeSnapshot(model.physicalTables, this.#migrations.at(-1)?.snapshot ?? null);
    const after = tablesOfModel(snapshot, tableFacts(model));
    const next = this.#migrations.length === 0 ? { ...FIRST, statements: after.statements } : this.#next(after, words);
    this.#model = model;
    if (next.statements.length === 0 && next.checks.length === 0) return null;
    this.#migrations = [...this.#migrations, folderMigration(this.#nextTag(), next, after, null)];
    return next;
  }

  #nextTag(): string {
    return nextTag(this.folder, 'change');
  }

  #next(after: Parameters<typeof makeMigration>[1], words: Partial<Words>): NextMigration {
    const before = tablesOfMigrations(this.#migrations);
    const match = findMatch(before, after, { renames: [], drops: [], ...words });
    if (!('change' in match)) throw new Error(lossesMessage(match.losses));
    return makeMigration(before, after, match.change);
  }
}

const FIRST = { renames: [], checks: [], refusals: [], unfilled: [], drops: [] };
