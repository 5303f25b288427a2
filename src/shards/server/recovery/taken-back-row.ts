import { BoundedMap } from '../../../lib/bounded-map.ts';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { violated } from '../../../lib/invariant.ts';
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { decodeImage, type Image, loggedValueBinding, loggedValueSql } from '../log/row-image.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import type { LogRow } from '../tables/log-table.ts';
import { mayMoveKeys } from '../undo/row-changes.ts';
import { barrier, type PastSchema } from './past-schema.ts';
import { bindings, conditions, underModel, type Values } from './past-values.ts';
import { freeColumns, isExactInJson, type ListedUpdate } from './update-batch.ts';

/**
 * Which versions rows have once they are back. `COMMIT`: that of the commit that takes them back. `THEN`: those that they had, as
 * only a transaction may give them that is rolled back.
 */
export type RowVersions = 'COMMIT' | 'THEN';

/** A change of a row, on its way back. */
export class TakenBackRow {
  readonly #change: LogRow;
  readonly #table: TableModel;
  /** The primary key after the change. */
  readonly #key: Values;
  /** What the change has replaced, without the row version. */
  readonly #before: Values;
  /** SQL and bindings of the row version. */
  readonly #version: { readonly sql: string; readonly bindings: readonly SqlStorageValue[] };

  /** @throws ShardQLError CONFLICT if a migration has made the change unreadable. */
  constructor(change: LogRow, schema: PastSchema, versions: RowVersions) {
    const since = schema(change.table, change.schema);
    if ('changed' in since) throw barrier(change.table, since.changed);
    const image = change.image === null ? NOTHING : decodeImage(change.image);
    this.#change = change;
    this.#table = since.table;
    this.#key = underModel(since, decodeImage(change.pk));
    this.#before = underModel(since, image);
    const version = image.get(ROW_VERSION_COLUMN);
    this.#version =
      versions === 'COMMIT' || version === undefined
        ? { sql: CLOCK_VERSION_SQL, bindings: [] }
        : { sql: loggedValueSql(version), bindings: [loggedValueBinding(version)] };
  }

  get isInsert(): boolean {
    return this.#change.op === 'insert';
  }

  write(session: SqlSession): void {
    switch (this.#change.op) {
      case 'insert':
        // It may be gone with a row that the same statement had made, and that it refers to.
        session.run(
          this.#statement('delete', [this.#key], () => `DELETE FROM ${this.#name} WHERE ${conditions(this.#key)}`),
          ...bindings(this.#key),
        );
        return;
      case 'update':
        this.#update(session);
        return;
      case 'delete':
        this.#insert(session);
    }
  }

  /** The update as one of many; null: the row has to be written by itself. */
  get listed(): ListedUpdate | null {
    if (this.#change.op !== 'update' || this.#before.size === 0 || mayMoveKeys(this.#table)) return null;
    const free = freeColumns(this.#table);
    for (const [name, value] of this.#before) if (!free.has(name) || !isExactInJson(value)) return null;
    for (const value of this.#key.values()) if (value.type === 'null' || !isExactInJson(value)) return null;
    const { sql: version, bindings: versions } = this.#version;
    const key = bindings(this.#key);
    const sql = this.#statement(`list ${version}`, [this.#before, this.#key], () => this.#listSql(key.length));
    const json = JSON.stringify([...key, ...bindings(this.#before), ...versions]);
    return { sql, key: JSON.stringify(key), json };
  }

  /** Makes the row refer to no other, as far as its columns may be NULL. It is to go. */
  unlink(session: SqlSession): void {
    const { foreignKeys, primaryKey } = this.#table;
    const columns = foreignKeys
      .flatMap((foreignKey) => foreignKey.columns)
      .filter((column) => !column.notNull && !primaryKey.columns.includes(column));
    if (columns.length === 0) violated(`Expected rows of ${this.#table.typeName} that can be taken back one by one.`);
    const terms = columns.map(({ sqlName }) => `${quoteName(sqlName)} = NULL`);
    session.run(`UPDATE ${this.#name} SET ${terms.join(', ')} WHERE ${conditions(this.#key)}`, ...bindings(this.#key));
  }

  /** The text of a statement whose form depends on what it does, and on which values it is given. */
  #statement(what: string, given: readonly Values[], write: () => string): string {
    let shape = what;
    for (const values of given) {
      shape += '\0';
      for (const [name, { type }] of values) shape += type === 'integer' ? `\0${name}\0i` : `\0${name}`;
    }
    return getOrInsert(statements(this.#table), shape, write);
  }

  get #name(): string {
    return quoteName(this.#table.sqlName);
  }

  #listSql(keyColumns: number): string {
    const { sql: version } = this.#version;
    const member = (value: string, at: number) => value.replace('?', `_row ->> ${at}`);
    const key = [...this.#key].map(([name, value], at) => `${quoteName(name)} = ${member(loggedValueSql(value), at)}`);
    const set = [...this.#before].map(
      ([name, value], at) => `${quoteName(name)} = ${member(loggedValueSql(value), keyColumns + at)}`,
    );
    set.push(`${ROW_VERSION_COLUMN} = ${member(version, keyColumns + this.#before.size)}`);
    return `UPDATE ${this.#name} SET ${set.join(', ')} FROM (SELECT value AS _row FROM json_each(?))
      WHERE ${key.join(' AND ')} RETURNING 1`;
  }

  #update(session: SqlSession): void {
    // Nothing but the row version was changed.
    if (this.#before.size === 0 && this.#version.sql === CLOCK_VERSION_SQL) return;
    if (this.#updateAt(session, this.#key)) return;
    // `ON UPDATE CASCADE` has moved it already, together with the row that its key follows.
    const keyBefore = new Map([...this.#key].map(([name, value]) => [name, this.#before.get(name) ?? value]));
    const isMoved = mayMoveKeys(this.#table) && this.#updateAt(session, keyBefore);
    if (!isMoved) violated(`Expected the row of ${this.#table.typeName} that the log names, but got none.`);
  }

  /** False: there is no row with this key. */
  #updateAt(session: SqlSession, key: Values): boolean {
    const { sql, bindings: versions } = this.#version;
    const before = this.#before;
    return session.changes(
      this.#statement(`update ${sql}`, [before, key], () => {
        const terms = [...before].map(([name, value]) => `${quoteName(name)} = ${loggedValueSql(value)}`);
        const set = [...terms, `${ROW_VERSION_COLUMN} = ${sql}`].join(', ');
        return `UPDATE ${this.#name} SET ${set} WHERE ${conditions(key)}`;
      }),
      ...bindings(before),
      ...versions,
      ...bindings(key),
    );
  }

  #insert(session: SqlSession): void {
    const { sql, bindings: versions } = this.#version;
    session.run(
      this.#statement(`insert ${sql}`, [this.#before], () => {
        const names = [...this.#before.keys()].map(quoteName);
        const values = [...this.#before.values()].map(loggedValueSql);
        return `INSERT INTO ${this.#name} (${[...names, ROW_VERSION_COLUMN].join(', ')}) VALUES (${[...values, sql].join(', ')})`;
      }),
      ...bindings(this.#before),
      ...versions,
    );
  }
}

const MAX_SHAPES = 500;

/** Changes of one shape have one text, which is put together once: thousands of them come one after the other. */
const statements = memoizeByObject((_table: TableModel) => new BoundedMap<string, string>(MAX_SHAPES));

const NOTHING: Image = new Map();
