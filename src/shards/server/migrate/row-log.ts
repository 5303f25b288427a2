/**
 * Logs what migrations do to rows, as the rows of a commit. A migration knows tables as they are in between: not as the
 * release before had them, and not yet as this one does. So they are looked up in the database, and triggers of their
 * shape are there while a statement runs that may change rows.
 *
 * A rebuild is no change of its own. It copies a table's rows to `__new_…`, which takes the table's place: rows that have
 * other values then are logged as updated (their image holds the old version alone), those that were left out as deleted.
 */
import { type Model, ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { shardKeySql } from '../../shard-key.ts';
import { slotOf } from '../../slots.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, quoteText, TRUE_SQL } from '../../sql/sql-text.ts';
import { dropTriggers } from '../log/install-triggers.ts';
import { migrationTriggers } from '../log/log-triggers.ts';
import type { LoggedTable, StoredColumn } from '../log/logged-table.ts';
import { anyDiffersSql, keyImageSql, rowImageSql, versionImageSql } from '../log/row-image-sql.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { addShardKey } from '../tables/keys-table.ts';
import { readLastLogSeq, readNewShardKeys, renameLoggedTable } from '../tables/log-table.ts';
import { readGrant } from '../tables/slots-table.ts';
import { rowEffect } from './sql-parts.ts';

/** How the copy of a table is called that a rebuild makes. */
const COPY_PREFIX = '__new_';

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
      const table = name.startsWith(COPY_PREFIX) ? null : this.#table(name);
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
    const before = this.#table(name);
    const after = this.#table(`${COPY_PREFIX}${name}`);
    if (!before || !after) return;
    this.#beginOnce();
    const isIn = (columns: readonly StoredColumn[]) => (column: StoredColumn) =>
      columns.some(({ sqlName }) => sqlName === column.sqlName);
    const common = after.columns.filter(isIn(before.columns));
    const hasSameKey =
      after.primaryKey.length === before.primaryKey.length && after.primaryKey.every(isIn(before.primaryKey));
    // A column that went and one that came may be one that was renamed and converted at once.
    const mayBeRenamed = common.length < after.columns.length && common.length < before.columns.length;
    const isSame = hasSameKey
      ? after.primaryKey.map(({ sqlName }) => `o.${quoteName(sqlName)} = n.${quoteName(sqlName)}`).join(' AND ')
      : 'FALSE';
    const [o, n] = [`${quoteName(before.sqlName)} AS o`, `${quoteName(after.sqlName)} AS n`];
    const differs = mayBeRenamed ? TRUE_SQL : anyDiffersSql(common, 'o', 'n');
    const isUpdated = `${isSame} AND (${differs})`;
    this.#log(name, after, 'n', 'update', versionImageSql('o'), `${n} CROSS JOIN ${o}`, isUpdated);
    this.#session.run(`UPDATE ${n} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL} FROM ${o} WHERE ${isUpdated}`);
    const isNew = `NOT EXISTS (SELECT 1 FROM ${o} WHERE ${isSame})`;
    this.#session.run(`UPDATE ${n} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL} WHERE ${isNew}`);
    this.#log(name, after, 'n', 'insert', 'NULL', n, isNew);
    this.#log(
      name,
      before,
      'o',
      'delete',
      rowImageSql(before, 'o'),
      o,
      `NOT EXISTS (SELECT 1 FROM ${n} WHERE ${isSame})`,
    );
  }

  #log(
    name: string,
    table: LoggedTable,
    row: string,
    operation: 'insert' | 'update' | 'delete',
    image: string,
    from: string,
    condition: string,
  ): void {
    const shardKey = table.shardKey(row);
    const keys = shardKey.condition === null ? '' : ', _keys';
    this.#session.run(
      `INSERT INTO _log (version, origin, schema, "table", pk, shard_key, op, image)
       SELECT _clock.version, _clock.origin, ${quoteText(this.#schema)}, ${quoteText(name)}, ${keyImageSql(table, row)},
         ${shardKey.value}, '${operation}', ${image}
       FROM _clock, ${from}${keys} WHERE ${condition}${shardKey.condition === null ? '' : ` AND ${shardKey.condition}`}`,
    );
  }

  /** Null: there is none of that name, or none whose rows have versions. */
  #table(sqlName: string): LoggedTable | null {
    const columns = readColumns(this.#session, sqlName);
    if (!columns.some(({ name }) => name === ROW_VERSION_COLUMN)) return null;
    const stored = columns.filter(({ name, isGenerated }) => !isGenerated && name !== ROW_VERSION_COLUMN);
    const key = columns.filter(({ position }) => position > 0).sort((a, b) => a.position - b.position);
    return {
      sqlName,
      columns: stored.map(toColumn),
      primaryKey: key.map(toColumn),
      shardKey: (row) => this.#shardKey(sqlName, columns, key, row),
    };
  }

  /**
   * By the column that the model names, if the table has it. Else any column of the primary key may be it: of their
   * values, those count that are shard keys of this shard.
   */
  #shardKey(sqlName: string, columns: readonly Column[], key: readonly Column[], row: string) {
    const wanted = sqlName.replace(COPY_PREFIX, '');
    const shardKey = this.#model.tables.find((table) => table.sqlName === wanted)?.shardKey;
    if (shardKey && columns.some(({ name }) => name === shardKey.sqlName)) {
      return { value: shardKeySql(shardKey, `${row}.${quoteName(shardKey.sqlName)}`), condition: null };
    }
    const values = key.map(({ name }) => anyShardKeySql(`${row}.${quoteName(name)}`));
    return { value: '_keys.shard_key', condition: `_keys.shard_key IN (${values.join(', ')})` };
  }
}

const anyShardKeySql = (value: string): string =>
  `CASE typeof(${value}) WHEN 'blob' THEN 'b:' || lower(hex(${value})) WHEN 'integer' THEN 'i:' || ${value} ELSE 't:' || ${value} END`;

interface Column {
  readonly name: string;
  /** As it was declared. */
  readonly type: string;
  /** In the primary key, from 1 on; 0: it is not in it. */
  readonly position: number;
  readonly isGenerated: boolean;
}

/** SQLite's rule for TEXT affinity (sqlite.org/datatype3.html, 3.1). */
const toColumn = ({ name, type }: Column): StoredColumn => ({
  sqlName: name,
  mayBeReal: /int/i.test(type) || !/char|clob|text/i.test(type),
});

const readColumns = (session: SqlSession, table: string): Column[] =>
  session
    .rows('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)', table)
    .map(([name, type, position, hidden]) => ({
      name: name as string,
      type: type as string,
      position: position as number,
      isGenerated: hidden !== 0,
    }));

/** Those of the platform, which are there once an object has set an alarm, are none of ours to look at. */
const readTableNames = (session: SqlSession): string[] =>
  session
    .rows("SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_'")
    .map(([name]) => name as string);
