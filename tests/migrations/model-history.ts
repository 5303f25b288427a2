/** A model that changes over rows: its migrations, as `db:generate` makes them. */
import { bundled } from '../../scripts/migrations/bundle.ts';
import type { Words } from '../../scripts/migrations/change/change.ts';
import { lossesMessage } from '../../scripts/migrations/change/lost-names.ts';
import type { FolderMigration } from '../../scripts/migrations/migration-folder.ts';
import {
  findMatch,
  folderMigration,
  makeMigration,
  type NextMigration,
  tablesOfMigrations,
  tablesOfModel,
} from '../../scripts/migrations/next-migration.ts';
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

  /** @returns the migration to the model; null if there is nothing to do. @throws what `db:generate` would say. */
  async change(model: Model, words: Partial<Words> = {}): Promise<NextMigration | null> {
    const snapshot = await takeSnapshot(model.physicalTables, this.#migrations.at(-1)?.snapshot ?? null);
    const after = tablesOfModel(snapshot, tableFacts(model));
    const next = this.#migrations.length === 0 ? { ...FIRST, statements: after.statements } : this.#next(after, words);
    this.#model = model;
    if (next.statements.length === 0 && next.checks.length === 0) return null;
    const tag = `${String(this.#migrations.length).padStart(4, '0')}_change`;
    this.#migrations = [...this.#migrations, folderMigration(tag, next, after, null)];
    return next;
  }

  #next(after: Parameters<typeof makeMigration>[1], words: Partial<Words>): NextMigration {
    const before = tablesOfMigrations(this.#migrations);
    const match = findMatch(before, after, { renames: [], drops: [], ...words });
    if (!('change' in match)) throw new Error(lossesMessage(match.losses));
    return makeMigration(before, after, match.change);
  }
}

const FIRST = { renames: [], checks: [], refusals: [], drops: [] };
