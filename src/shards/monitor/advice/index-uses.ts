import type { ForeignKeyModel, IndexModel, Model, TableModel } from '../../../model/types.ts';
import type { Lookup } from '../../plan/lookup.ts';
import type { SqlSession } from '../../sql/sql-session.ts';

/**
 * `hours`: hours in which anything was asked, of all that were counted when the index was known first or used last. The row with the
 * empty name counts them; `hour`: the last one, in hours since 1970.
 */
const CREATE_TABLE =
  'CREATE TABLE IF NOT EXISTS _index_uses (name TEXT PRIMARY KEY, hours INTEGER NOT NULL, hour INTEGER NOT NULL) WITHOUT ROWID';
const READ_ALL = 'SELECT name, hours, hour FROM _index_uses';
const WRITE =
  'INSERT INTO _index_uses (name, hours, hour) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET hours = excluded.hours, hour = excluded.hour';
const DELETE = 'DELETE FROM _index_uses WHERE name = ?';

const COUNTER = '';
const HOUR_MS = 3_600_000;

/** An index that nothing has used. */
export interface UnusedIndex {
  /** GraphQL type. */
  readonly table: string;
  /** SQL name. */
  readonly index: string;
  /** In which anything was asked, without it. */
  readonly hours: number;
}

/**
 * Which indexes could have served what was asked, by hours in which anything was: a deployment that sleeps learns nothing. An index counts as used if a
 * plan looks rows up by its first column after the shard key, whether or not SQLite has preferred another.
 */
export class IndexUses {
  readonly #session: SqlSession;
  readonly #indexes: readonly (readonly [name: string, table: string, index: IndexModel, first: string])[];
  /** Null: not read yet. */
  #hoursByName: Map<string, number> | null = null;
  #hour = -1;

  constructor(session: SqlSession, model: Model) {
    this.#session = session;
    this.#indexes = model.tables.flatMap((table) =>
      table.indexes
        .filter((index) => isDispensable(table, index))
        .map(
          (index) => [`${table.typeName} ${index.name}`, table.typeName, index, firstColumn(table, index)!] as const,
        ),
    );
    session.run(CREATE_TABLE);
  }

  add(lookups: readonly Lookup[], nowMs: number): void {
    const known = this.#known();
    const hour = Math.floor(nowMs / HOUR_MS);
    let hours = known.get(COUNTER) ?? 0;
    if (hour !== this.#hour) {
      hours++;
      this.#write(COUNTER, hours, hour);
      this.#hour = hour;
      this.#compare(hours);
    }
    for (const [name, table, , first] of this.#indexes) {
      if (known.get(name) === hours) continue;
      if (lookups.some((lookup) => lookup.table === table && lookup.columns.includes(first)))
        this.#write(name, hours, hour);
    }
  }

  /** Longest unused first. */
  unused(leastHours: number): UnusedIndex[] {
    const known = this.#known();
    const hours = known.get(COUNTER) ?? 0;
    return this.#indexes
      .map(([name, table, index]) => ({ table, index: index.name, hours: hours - (known.get(name) ?? hours) }))
      .filter((each) => each.hours >= leastHours)
      .sort((a, b) => b.hours - a.hours);
  }

  /** Reads again what is stored, after a transaction that was taken back. */
  forget(): void {
    this.#hoursByName = null;
  }

  /** Indexes come and go with releases: one that is new is known from now on. */
  #compare(hours: number): void {
    const known = this.#known();
    const names = new Set([COUNTER, ...this.#indexes.map(([name]) => name)]);
    for (const name of names) if (!known.has(name)) this.#write(name, hours, this.#hour);
    for (const name of [...known.keys()].filter((each) => !names.has(each))) {
      this.#session.run(DELETE, name);
      known.delete(name);
    }
  }

  #write(name: string, hours: number, hour: number): void {
    this.#session.run(WRITE, name, hours, hour);
    this.#known().set(name, hours);
  }

  #known(): Map<string, number> {
    if (this.#hoursByName === null) {
      const rows = this.#session.rows(READ_ALL);
      this.#hoursByName = new Map(rows.map(([name, hours]) => [name as string, hours as number]));
      this.#hour = (rows.find(([name]) => name === COUNTER)?.[2] as number | undefined) ?? -1;
    }
    return this.#hoursByName;
  }
}

/** It keeps nothing unique, no foreign key needs it to find the rows that refer to another, and what it holds is known. */
function isDispensable(table: TableModel, { unique, partial, liveOnly, columns }: IndexModel): boolean {
  if (unique || (partial && !liveOnly) || columns.includes(null)) return false;
  const { foreignKeys, primaryKey, uniqueKeys, shardKey } = table;
  const keys = [primaryKey, ...uniqueKeys].map(({ names }) => names);
  const isNeeded = foreignKeys.some(
    (foreignKey) => beginsWith(columns, foreignKey) && !keys.some((names) => beginsWith(names, foreignKey)),
  );
  return !isNeeded && columns.some((name) => name !== shardKey.name);
}

const beginsWith = (names: readonly (string | null)[], { columns }: ForeignKeyModel): boolean =>
  columns.every(({ name }) => names.slice(0, columns.length).includes(name));

const firstColumn = ({ shardKey }: TableModel, { columns }: IndexModel): string | null =>
  columns.find((name) => name !== shardKey.name) ?? null;
