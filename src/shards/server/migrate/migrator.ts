import { physicalHash } from '../../../model/physical.ts';
import type { Migration, MigrationBundle, Model } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { WallClock } from '../clock.ts';
import { areTriggersInstalled, dropTriggers, installTriggers } from '../log/install-triggers.ts';
import { logTriggers } from '../log/log-triggers.ts';
import { createSearchIndexes, indexNextRows, isSearchInstalled, suspendSearch } from '../search/install-search.ts';
import { searchIndexes } from '../search/search-index.ts';
import { SqlSession } from '../sql-session.ts';
import { readAppliedMigrations, recordMigration } from '../tables/migrations-table.ts';
import {
  checkForeignKeys,
  enforceForeignKeys,
  splitForeignKeyPragmas,
  withoutForeignKeys,
} from './foreign-key-enforcement.ts';
import { pendingMigrations } from './pending-migrations.ts';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

interface Failure {
  readonly error: ShardQLError;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly retryAtMs: number;
}

/**
 * Brings the database to the schema of the bundle, on first use after a start. Each migration is one transaction with
 * its record, so a crash leaves a whole number of them applied and the next start goes on from there. Until all are,
 * the shard refuses; a failed attempt is repeated by a later request, ever less often.
 */
export class Migrator {
  readonly #storage: DurableObjectStorage;
  readonly #model: Model;
  readonly #bundle: MigrationBundle;
  readonly #wallClock: WallClock;
  #isDone = false;
  #running: Promise<ShardQLError | null> | null = null;
  #failure: Failure | null = null;
  #failureCount = 0;

  constructor(storage: DurableObjectStorage, model: Model, bundle: MigrationBundle, wallClock: WallClock) {
    this.#storage = storage;
    this.#model = model;
    this.#bundle = bundle;
    this.#wallClock = wallClock;
  }

  /** The schema is that of the model: requests may run. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Migrates if that is due. Gives null once {@link isDone}, else the reason to refuse. Callers share one run. */
  async migrate(): Promise<ShardQLError | null> {
    if (this.#isDone) return null;
    if (this.#running) return this.#running;
    const failure = this.#failure;
    if (failure && this.#wallClock() < failure.retryAtMs) return this.#refusal(failure);
    this.#running = this.#attempt();
    try {
      return await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #attempt(): Promise<ShardQLError | null> {
    try {
      await this.#apply();
      this.#isDone = true;
      this.#failure = null;
      return null;
    } catch (cause) {
      const error =
        cause instanceof ShardQLError
          ? cause
          : new ShardQLError('MIGRATION_FAILED', 'Expected the migrations to apply, but got a failure.', {
              retryable: true,
            });
      if (error !== cause) console.error('migration failed', cause);
      const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failureCount++);
      this.#failure = { error, retryAtMs: this.#wallClock() + delayMs };
      return this.#refusal(this.#failure);
    }
  }

  #refusal({ error, retryAtMs }: Failure): ShardQLError {
    if (error.details.retryable !== true) return error;
    const retryAfterMs = Math.max(1, Math.ceil(retryAtMs - this.#wallClock()));
    return new ShardQLError(error.code, error.message, { ...error.details, retryAfterMs });
  }

  async #apply(): Promise<void> {
    if (this.#bundle.physicalHash !== physicalHash(this.#model)) {
      throw new ShardQLError(
        'MIGRATION_FAILED',
        'Expected migrations that lead to the tables of the model, but got older ones; run "npm run db:generate".',
      );
    }
    const session = new SqlSession(this.#storage.sql);
    await enforceForeignKeys(this.#storage, session);
    for (const migration of pendingMigrations(this.#bundle.migrations, readAppliedMigrations(session))) {
      await this.#applyOne(session, migration);
    }
    const triggers = logTriggers(this.#model, this.#bundle.migrations.at(-1)?.tag ?? '');
    if (!areTriggersInstalled(session, triggers)) {
      this.#storage.transactionSync(() => installTriggers(session, triggers));
    }
    await this.#installSearch(session);
  }

  /** Indexes existing rows step by step; each step is durable before the next, so that a crash loses one at most. */
  async #installSearch(session: SqlSession): Promise<void> {
    const indexes = searchIndexes(this.#model);
    if (isSearchInstalled(session, indexes)) return;
    this.#storage.transactionSync(() => createSearchIndexes(session, indexes));
    for (const index of indexes) {
      while (!this.#storage.transactionSync(() => indexNextRows(session, index))) await this.#storage.sync();
    }
  }

  async #applyOne(session: SqlSession, migration: Migration): Promise<void> {
    const { statements, wantsEnforcementOff } = splitForeignKeyPragmas(migration.statements);
    const apply = () =>
      this.#storage.transactionSync(() => {
        dropTriggers(session);
        suspendSearch(session, statements);
        for (const statement of statements) session.run(statement);
        if (wantsEnforcementOff) checkForeignKeys(session);
        recordMigration(session, migration, this.#wallClock());
      });
    if (wantsEnforcementOff) await withoutForeignKeys(this.#storage, session, apply);
    else apply();
  }
}
