/**
 * Logs what migrations do to rows, as the rows of a commit. A migration knows tables as they are in between: not as the
 * release before had them, and not yet as this one does. So they are looked up in the database, and triggers of their
 * shape are there while a statement runs that may change rows.
 *
 * A rebuild is no change of its own. It copies a table's rows to `__new_…`, which takes the table's place: rows that have
 * other values then are logged as updated (their image holds the old version alone), those that were left out as deleted.
 */
import { type Model, ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { slotOf } from '../../slots.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { dropTriggers } from '../log/install-triggers.ts';
import { migrationTriggers } from '../log/log-triggers.ts';
import { rowImageSql, versionImageSql } from '../log/row-image-sql.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { addShardKey } from '../tables/keys-table.ts';
import { readLastLogSeq, readNewShardKeys, renameLoggedTable } from '../tables/log-table.ts';
import { readGrant } from '../tables/slots-table.ts';
import { rowEffect } from './sql-parts.ts';
import { changedSql, hasSameKey, isPartOfRebuild, logRows, NEW_PREFIX, storedTable } from './stored-table.ts';

export class RowLog {
  readonly #session: SqlSession;
  readonly #model: Model;
  readonly #schema: string;
  readonly #begin: () => void;
  readonly #firstSeq: number;
  #hasBegun = false;
  #isListening = false;

  /**
   * @param schema tag of the last migration before: what rows held then means nothing under the tables of now, so whoever wants to
   * take it back is to find this migration in between.
   * @param begin sets the clock to the version that changes get; called before the first statement that may change rows.
   */
  constructor(session: SqlSession, model: Model, schema: string, begin: () => void) {
    this.#session = session;
    this.#model = model;
    this.#schema = schema;
    this.#begin = begin;
    this.#firstSeq = readLastLogSeq(session) + 1;
  }

  /** Runs a statement of a migration, and logs what it does to rows. */
  run(sql: string): void {
    const effect = rowEffect(sql);
    const session = this.#session;
    switch (effect.kind) {
      case 'rows':
        this.#listen();
        break;
      case 'drop':
        this.#logRebuild(effect.table);
        // Rows that refer to the table's may go with them.
        if (session.row('PRAGMA foreign_keys')![0] === 1) this.#listen();
        else this.#ignore();
        break;
      default:
        // Columns that triggers name cannot be dropped.
        this.#ignore();
    }
    session.run(sql);
    if (effect.kind === 'rename') renameLoggedTable(session, this.#firstSeq, effect.from, effect.to);
  }

  /** To be called after the last statement. */
  end(): void {
    this.#ignore();
    const added = readNewShardKeys(this.#session, this.#firstSeq);
    if (added.length === 0) return;
    const placed = new Map(readGrant(this.#session).placed);
    for (const shardKey of added) addShardKey(this.#session, shardKey, slotOf(shardKey, placed));
  }

  #beginOnce(): void {
    if (!this.#hasBegun) this.#begin();
    this.#hasBegun = true;
  }

  #listen(): void {
    if (this.#isListening) return;
    this.#beginOnce();
    dropTriggers(this.#session);
    for (const name of readTableNames(this.#session)) {
      const table = isPartOfRebuild(name) ? null : storedTable(this.#session, this.#model, name);
      if (table) for (const { sql } of migrationTriggers(table, this.#schema)) this.#session.run(sql);
    }
    this.#isListening = true;
  }

  #ignore(): void {
    if (this.#isListening) dropTriggers(this.#session);
    this.#isListening = false;
  }

  /** Compares a table that is about to be dropped with the copy that is to take its place, if there is one. */
  #logRebuild(name: string): void {
    const session = this.#session;
    const before = storedTable(session, this.#model, name);
    const after = storedTable(session, this.#model, `${NEW_PREFIX}${name}`, name);
    if (!before || !after) return;
    this.#beginOnce();
    const isSame = hasSameKey(before, after)
      ? after.primaryKey.map(({ sqlName }) => `o.${quoteName(sqlName)} = n.${quoteName(sqlName)}`).join(' AND ')
      : 'FALSE';
    const [o, n] = [`${quoteName(before.sqlName)} AS o`, `${quoteName(after.sqlName)} AS n`];
    const isUpdated = `${isSame} AND (${changedSql(before, after)})`;
    const isNew = `NOT EXISTS (SELECT 1 FROM ${o} WHERE ${isSame})`;
    const isGone = `NOT EXISTS (SELECT 1 FROM ${n} WHERE ${isSame})`;
    const setVersion = `UPDATE ${n} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`;
    const [schema, ofNew, ofOld] = [this.#schema, { name, table: after, row: 'n' }, { name, table: before, row: 'o' }];
    const both = `${n} CROSS JOIN ${o}`;
    logRows(session, {
      ...{ schema, ...ofNew, operation: 'update', image: versionImageSql('o') },
      ...{ from: both, condition: isUpdated },
    });
    session.run(`${setVersion} FROM ${o} WHERE ${isUpdated}`);
    session.run(`${setVersion} WHERE ${isNew}`);
    logRows(session, { schema, ...ofNew, operation: 'insert', image: 'NULL', from: n, condition: isNew });
    logRows(session, {
      ...{ schema, ...ofOld, operation: 'delete', image: rowImageSql(before, 'o') },
      ...{ from: o, condition: isGone },
    });
  }
}

/** Those of the platform, which are there once an object has set an alarm, are none of ours to look at. */
const readTableNames = (session: SqlSession): string[] =>
  session
    .rows("SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_'")
    .map(([name]) => name as string);
