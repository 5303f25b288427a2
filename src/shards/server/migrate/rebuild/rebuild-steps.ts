import type { Model } from '../../../../model/types.ts';
import { MAX_BYTES_AT_ONCE, MAX_ROWS_AT_ONCE } from '../../../migration-limits.ts';
import type { ChangeAtOnce, MigrationStepProgress } from '../../../migration-report.ts';
import { SqlSession } from '../../../sql/sql-session.ts';
import type { WallClock } from '../../clock.ts';
import { type RebuildRecord, readRebuilds } from '../../tables/rebuilds-table.ts';
import { withoutForeignKeys } from '../foreign-key-enforcement.ts';
import type { Pending } from '../history.ts';
import { migrationsToRun, wantsEnforcementOff } from '../run-migrations.ts';
import { changesAtOnce } from './at-once.ts';
import { beginCopy, copyStep, dropCopies, isMoreLeft, passedShare, unwantedCopies } from './copying.ts';
import { findRebuilds } from './find-rebuilds.ts';
import { changesMuch, hasMoreRows, isLarge } from './is-large.ts';
import type { Rebuild } from './rebuild.ts';
import { dropNextOfOldTable, hasOldTable, hasUnloggedRows, logStep, rebuildToSettle, runLater } from './settling.ts';
import { StepSize } from './step-size.ts';

export interface RebuildLimits {
  /** A table of up to so many rows is rebuilt in the transaction of its migration. Default: 50,000. */
  readonly rowsAtOnce: number;
  /** The same of a table whose values have more bytes, about. Default: 32 MiB. */
  readonly bytesAtOnce: number;
  /**
   * Of a table of up to so many rows, an index is made by one statement, which takes some 3 µs of CPU a row; two at once, of half as many. To
   * keep it while rows are copied takes 20 times that, but in steps. Default: 8,000,000.
   */
  readonly rowsIndexedAtOnce: number;
  /** Greatest number of rows of a step; fewer if they take long. Default: 16,384. */
  readonly rowsPerStep: number;
  /** So many rows may be left for the transaction that puts the copy in the place of its table. Default: 1,000. */
  readonly lastRows: number;
  /** At this size of the database no more is copied. Default: no limit but the platform's. */
  readonly fullBytes: number;
}

export const DEFAULT_REBUILD_LIMITS: RebuildLimits = {
  rowsAtOnce: MAX_ROWS_AT_ONCE,
  bytesAtOnce: MAX_BYTES_AT_ONCE,
  rowsIndexedAtOnce: 8_000_000,
  rowsPerStep: 16_384,
  lastRows: 1_000,
  fullBytes: Number.POSITIVE_INFINITY,
};

/** How long a table is not looked at again of which a run was found to change few rows. */
const SMALL_MS = 10_000;

/** Rolls a transaction back. */
class TakenBack extends Error {}

/**
 * Rebuilds large tables in steps, each a transaction of its own: copies before the migration, what is left after it. The callers see to it
 * that nothing else works on the schema.
 */
export class RebuildSteps {
  readonly #storage: DurableObjectStorage;
  readonly #model: Model;
  readonly #wallClock: WallClock;
  readonly #limits: RebuildLimits;
  readonly #onCommit: () => void;
  readonly #size: StepSize;
  /** Runs that change few rows of a large table: to find that out may take as long as to read it. */
  readonly #smallUntilMs = new Map<string, number>();

  constructor(
    storage: DurableObjectStorage,
    model: Model,
    wallClock: WallClock,
    limits: RebuildLimits,
    onCommit: () => void,
  ) {
    this.#storage = storage;
    this.#model = model;
    this.#wallClock = wallClock;
    this.#limits = limits;
    this.#onCommit = onCommit;
    this.#size = new StepSize(limits.rowsPerStep);
  }

  /** No more fits. */
  get isFull(): boolean {
    return this.#storage.sql.databaseSize >= this.#limits.fullBytes;
  }

  /** How far the copies are that the run waits for; null: it need not wait. */
  behind(pending: Pending): MigrationStepProgress | null {
    const session = this.#session;
    for (const rebuild of this.#wanted(session, pending)) {
      const record = recordOf(session, rebuild);
      if (record === null) return { table: rebuild.table, copied: { rows: 0, share: 0 } };
      if (!this.#isBehind(session, record)) continue;
      return { table: rebuild.table, copied: { rows: record.rows, share: passedShare(session, record) } };
    }
    return null;
  }

  /** Those whose copies are there. */
  copied(pending: Pending): Rebuild[] {
    const session = this.#session;
    return rebuildsOf(session, pending).filter((rebuild) => recordOf(session, rebuild) !== null);
  }

  /** Large tables that are changed in the transaction of the run. */
  atOnce(pending: Pending): ChangeAtOnce[] {
    const session = this.#session;
    const tables = session
      .rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 1) <> '_' AND name NOT LIKE 'sqlite%'",
      )
      .map(([name]) => name as string);
    const run = migrationsToRun(pending);
    const rebuilds = rebuildsOf(session, pending);
    return changesAtOnce(session, tables, run, {
      rows: this.#limits.rowsAtOnce,
      copied: rebuilds.filter((rebuild) => recordOf(session, rebuild) !== null),
      small: rebuilds.filter((rebuild) => this.#smallUntilMs.has(rebuild.id)),
    });
  }

  /** Whether there are copies that the run does not want. */
  hasUnwanted(pending: Pending): boolean {
    return unwantedCopies(this.#session, rebuildsOf(this.#session, pending)).length > 0;
  }

  /** Gives up copies that the run does not want. */
  dropUnwanted(pending: Pending): void {
    const session = this.#session;
    const unwanted = unwantedCopies(session, rebuildsOf(session, pending));
    if (unwanted.length > 0) this.#storage.transactionSync(() => dropCopies(session, unwanted));
  }

  /**
   * Copies some more rows of a table, if the run waits for that. Requests are served between two steps. Gives how long it took, in milliseconds, durable.
   *
   * @throws MigrationRefused if a row does not fit the new table.
   */
  async copyNext(pending: Pending): Promise<number> {
    const session = this.#session;
    const begin = this.#wallClock();
    const wanted = this.#wanted(session, pending);
    const next = wanted.find((rebuild) => {
      const record = recordOf(session, rebuild);
      return record === null || this.#isBehind(session, record);
    });
    if (next === undefined) return 0;
    this.#storage.transactionSync(() => {
      const record = recordOf(session, next);
      if (record === null) beginCopy(session, this.#model, next, this.#isIndexed(session, next));
      else copyStep(session, this.#model, next, record, this.#size.rows);
    });
    await this.#storage.sync();
    const elapsedMs = this.#wallClock() - begin;
    this.#size.took(elapsedMs);
    return elapsedMs;
  }

  /**
   * Ends rebuilds whose copies have taken the place of their tables.
   *
   * @param untilMs no step begins after that.
   * @returns how far it is; null: all have ended.
   */
  async settle(untilMs: number): Promise<MigrationStepProgress | null> {
    const session = this.#session;
    for (let record = rebuildToSettle(session); record !== null; record = rebuildToSettle(session)) {
      const begin = this.#wallClock();
      if (begin >= untilMs) {
        const isLogging = hasUnloggedRows(session, record);
        const share = isLogging ? { completed: passedShare(session, record) } : {};
        return { table: record.name, copied: null, ...share };
      }
      if (hasUnloggedRows(session, record)) {
        const { rows } = this.#size;
        this.#storage.transactionSync(() => logStep(session, this.#model, record!, rows, begin));
        this.#onCommit();
        await this.#storage.sync();
        this.#size.took(this.#wallClock() - begin);
      } else if (hasOldTable(session, record.name)) {
        const { name } = record;
        await withoutForeignKeys(this.#storage, session, () => dropNextOfOldTable(session, name));
      } else {
        this.#storage.transactionSync(() => runLater(session, record!));
        await this.#storage.sync();
      }
    }
    return null;
  }

  /** Those that the run is to find copied. */
  #wanted(session: SqlSession, pending: Pending): Rebuild[] {
    return rebuildsOf(session, pending).filter(
      (rebuild) => recordOf(session, rebuild) !== null || this.#isToBeCopied(session, rebuild),
    );
  }

  /** More rows are left than go into the last transaction. */
  #isBehind(session: SqlSession, record: RebuildRecord): boolean {
    return isMoreLeft(session, record, this.#limits.lastRows);
  }

  /** Begins the copy, and takes it back: expressions of the run may look at columns that only the copy has. */
  #isToBeCopied(session: SqlSession, rebuild: Rebuild): boolean {
    if (!isLarge(session, rebuild.table, this.#limits)) return false;
    const knownUntilMs = this.#smallUntilMs.get(rebuild.id);
    if (knownUntilMs !== undefined && this.#wallClock() < knownUntilMs) return false;
    let [isBegun, isWanted] = [false, false];
    try {
      this.#storage.transactionSync(() => {
        isBegun = beginCopy(session, this.#model, rebuild, this.#isIndexed(session, rebuild));
        isWanted = isBegun && changesMuch(session, rebuild, this.#limits);
        throw new TakenBack();
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
    }
    if (isBegun && !isWanted) this.#smallUntilMs.set(rebuild.id, this.#wallClock() + SMALL_MS);
    return isWanted;
  }

  #isIndexed(session: SqlSession, { table }: Rebuild): boolean {
    return hasMoreRows(session, table, this.#limits.rowsIndexedAtOnce);
  }

  get #session(): SqlSession {
    return new SqlSession(this.#storage.sql);
  }
}

/** Those of what is run. */
const rebuildsOf = (session: SqlSession, pending: Pending): Rebuild[] =>
  findRebuilds(session, migrationsToRun(pending), !wantsEnforcementOff(pending));

const recordOf = (session: SqlSession, { table, id }: Rebuild): RebuildRecord | null =>
  readRebuilds(session).find((record) => record.name === table && record.id === id && record.phase === 'copying') ??
  null;
