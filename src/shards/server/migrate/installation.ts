import { fnv1a64 } from '../../../lib/fnv1a.ts';
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { MigrationBundle, Model } from '../../../model/types.ts';
import { migrationPlan } from '../../migration-plan.ts';
import type { MigrationStepProgress } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { WallClock } from '../clock.ts';
import { areTriggersInstalled, installTriggers } from '../log/install-triggers.ts';
import { type LogTrigger, logTriggers } from '../log/log-triggers.ts';
import { isOwnTriggerYoungest, putOwnTriggersLast } from '../recovery/own-triggers.ts';
import { createSearchIndexes, indexNextRows, isSearchInstalled } from '../search/install-search.ts';
import { searchIndexes } from '../search/search-index.ts';
import { readMigrations, recordSchemas } from '../tables/migrations-table.ts';
import { invalidateSearchStates } from '../tables/search-table.ts';
import { readInstalledHash, writeInstalledHash } from '../tables/system-table.ts';
import type { Pending } from './history.ts';

/** What belongs to the tables of a release once they are there: log triggers and full-text indexes. */
export class Installation {
  readonly #storage: DurableObjectStorage;
  readonly #model: Model;
  readonly #bundle: MigrationBundle;
  readonly #wallClock: WallClock;

  constructor(storage: DurableObjectStorage, model: Model, bundle: MigrationBundle, wallClock: WallClock) {
    this.#storage = storage;
    this.#model = model;
    this.#bundle = bundle;
    this.#wallClock = wallClock;
  }

  /** A life before this one has completed everything, no other release has begun anything since, and nobody has added a trigger by hand. */
  isComplete(session: SqlSession): boolean {
    return readInstalledHash(session) === installedHash(this.#model)(this.#bundle) && !isOwnTriggerYoungest(session);
  }

  /** Run in the transaction of the migration. */
  installTriggers(session: SqlSession): void {
    installTriggers(session, this.#triggers);
  }

  /** Completes what belongs to the tables. Gives how far it is; null: it has ended. */
  async complete(session: SqlSession, pending: Pending, untilMs: number): Promise<MigrationStepProgress | null> {
    // A crash before the end leaves it to be completed, by this or another release.
    writeInstalledHash(session, '');
    const isKnown = readMigrations(session).every(({ schemaHash }) => schemaHash !== null);
    if (!isKnown) recordSchemas(session, migrationPlan(this.#bundle, this.#model).migrations);
    // Those of a newer release, which came with its migrations, log what this one does not know of.
    if (!pending.isAhead && !areTriggersInstalled(session, this.#triggers)) {
      this.#storage.transactionSync(() => installTriggers(session, this.#triggers));
    }
    if (isOwnTriggerYoungest(session)) {
      this.#storage.transactionSync(() => {
        putOwnTriggersLast(session);
        // Those have changed rows in an order that the indexes could not follow.
        invalidateSearchStates(session);
      });
    }
    const indexing = await this.#installSearch(session, untilMs);
    if (indexing) return indexing;
    writeInstalledHash(session, installedHash(this.#model)(this.#bundle));
    return null;
  }

  get #triggers(): readonly LogTrigger[] {
    return logTriggers(this.#model, this.#bundle.migrations.at(-1)?.tag ?? '');
  }

  /**
   * Indexes existing rows step by step; each step is durable before the next, so that a crash loses one at most. Gives how far it is; null: it
   * has ended.
   */
  async #installSearch(session: SqlSession, untilMs: number): Promise<MigrationStepProgress | null> {
    const indexes = searchIndexes(this.#model);
    if (isSearchInstalled(session, indexes)) return null;
    this.#storage.transactionSync(() => createSearchIndexes(session, indexes));
    for (const index of indexes) {
      while (!this.#storage.transactionSync(() => indexNextRows(session, index))) {
        await this.#storage.sync();
        if (this.#wallClock() >= untilMs) return { table: index.table, copied: null };
      }
    }
    return null;
  }
}

/** Of all that a release makes of the tables of its model: migrations, log triggers and full-text indexes. */
const installedHash = memoizeByObject((model: Model) =>
  memoizeByObject((bundle: MigrationBundle): string => {
    const triggers = logTriggers(model, bundle.migrations.at(-1)?.tag ?? '');
    const indexes = searchIndexes(model).map(({ hash, followers }) => [hash, [...followers]]);
    return fnv1a64(JSON.stringify([migrationPlan(bundle, model).id, triggers, indexes]));
  }),
);
