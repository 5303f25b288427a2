/** Fills a database with rows that its tables allow: values of every kind in every column, children for every reference. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { StoredForm } from '../../../src/model/stored-form.ts';
import { ROW_VERSION_COLUMN } from '../../../src/model/types.ts';
import { formOfType } from '../plan/form-of-type.ts';
import type { DatabaseColumn, DatabaseForeignKey, DatabaseSchema, DatabaseTable } from '../schema/database-schema.ts';
import type { Facts } from '../schema/facts.ts';
import { quoteName } from '../schema/sql-tokens.ts';
import { freshValue, sampleValues } from './sample-values.ts';
import type { SqlRow, SqlValue } from './sql-value.ts';

/** Tries for a row that holds a certain value, until checks and keys take it. */
const TRIES_PER_VALUE = 8;
const TRIES_FOR_FIRST_ROW = 300;
const REPEATED_ROWS = 3;

/** Rows by table and row version. No two rows of a database have the same: they are known by it wherever they come to be. */
export type RowsByTable = ReadonlyMap<string, ReadonlyMap<bigint, SqlRow>>;

/** Inserts sample rows into an empty database that enforces foreign keys. */
export function insertSampleRows(
  database: DatabaseSync,
  schema: DatabaseSchema,
  facts: Pick<Facts, 'tables'> | null,
): RowsByTable {
  const random = makeRandom();
  let version = 0n;
  for (const table of parentsFirst(schema)) {
    const filler = new TableFiller(database, table, facts, random, () => ++version);
    filler.fill();
  }
  return readRows(database, schema);
}

class TableFiller {
  readonly #database: DatabaseSync;
  readonly #table: DatabaseTable;
  readonly #columns: readonly DatabaseColumn[];
  readonly #formByColumn: ReadonlyMap<string, StoredForm>;
  readonly #samplesByColumn: ReadonlyMap<string, readonly SqlValue[]>;
  readonly #random: (below: number) => number;
  readonly #nextVersion: () => bigint;
  readonly #statement: StatementSync;
  #fresh = 0;

  constructor(
    database: DatabaseSync,
    table: DatabaseTable,
    facts: Pick<Facts, 'tables'> | null,
    random: (below: number) => number,
    nextVersion: () => bigint,
  ) {
    this.#database = database;
    this.#table = table;
    this.#random = random;
    this.#nextVersion = nextVersion;
    this.#columns = [...table.columns.values()].filter(
      ({ name, generated }) => name !== ROW_VERSION_COLUMN && generated === null,
    );
    const names = [...this.#columns.map(({ name }) => name), ROW_VERSION_COLUMN].map(quoteName);
    this.#statement = database.prepare(
      `INSERT INTO ${quoteName(table.name)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    const known = facts?.tables[table.name]?.columns;
    this.#formByColumn = new Map(this.#columns.map(({ name, type }) => [name, known?.[name] ?? formOfType(type)]));
    this.#samplesByColumn = new Map(
      this.#columns.map(({ name, notNull }) => [
        name,
        [...sampleValues(this.#formByColumn.get(name)!, table), ...(notNull ? [] : [null])],
      ]),
    );
  }

  fill(): void {
    const missing = new Set<string>();
    const rowCount = Math.max(1, ...[...this.#samplesByColumn.values()].map((samples) => samples.length));
    // Each row takes the next sample of each column at once; what cannot be so is tried by itself.
    for (let row = 0; row < rowCount; row++) {
      const picked = this.#columns.map(({ name }) => [name, this.#sample(name, row)] as const);
      if (this.#insert(new Map(picked), new Set())) continue;
      for (const { name } of this.#columns) missing.add(JSON.stringify([name, row]));
    }
    for (const each of missing) {
      const [name, row] = JSON.parse(each) as [string, number];
      if (row < this.#samplesByColumn.get(name)!.length) this.#tryFor(name, this.#sample(name, row), TRIES_PER_VALUE);
    }
    this.#repeatValues();
    const { n } = this.#database.prepare(`SELECT count(*) AS n FROM ${quoteName(this.#table.name)}`).get()!;
    if (Number(n) === 0 && this.#columns.length > 0) {
      const [{ name }] = this.#columns as [DatabaseColumn];
      for (let tries = 0; tries < TRIES_FOR_FIRST_ROW; tries++) if (this.#tryFor(name, this.#any(name), 1)) return;
    }
  }

  /** Rows that differ in the last column of their key alone: new unique keys may refuse them. */
  #repeatValues(): void {
    const keyColumns = this.#columns.toSorted((a, b) => b.keyPosition - a.keyPosition);
    for (let row = 0; row < REPEATED_ROWS; row++) {
      const picked = new Map(this.#columns.map(({ name }) => [name, this.#sample(name, row)] as const));
      const [{ name }] = keyColumns as [DatabaseColumn];
      this.#insert(picked.set(name, freshValue(this.#formByColumn.get(name)!, this.#fresh++) ?? null), new Set());
    }
  }

  #tryFor(name: string, value: SqlValue, tries: number): boolean {
    for (let each = 0; each < tries; each++) {
      const row = new Map(this.#columns.map((column) => [column.name, this.#any(column.name)] as const));
      if (this.#insert(row.set(name, value), new Set([name]))) return true;
    }
    return false;
  }

  #sample(name: string, row: number): SqlValue {
    const samples = this.#samplesByColumn.get(name)!;
    return samples[row % samples.length]!;
  }

  #any(name: string): SqlValue {
    const fresh = this.#random(2) === 0 ? freshValue(this.#formByColumn.get(name)!, this.#fresh++) : undefined;
    return fresh ?? this.#sample(name, this.#random(1000));
  }

  #insert(row: Map<string, SqlValue>, fixed: ReadonlySet<string>): boolean {
    const isReferring = this.#refer(row, fixed);
    if (!isReferring) return false;
    try {
      const values = this.#columns.map(({ name }) => row.get(name)!);
      this.#statement.run(...([...values, this.#nextVersion()] as SQLInputValue[]));
      return true;
    } catch {
      // A check, a key or a reference refuses the row.
      return false;
    }
  }

  /** Lets the row refer to rows that are there; the widest reference first, the others by what is then fixed. */
  #refer(row: Map<string, SqlValue>, fixed: ReadonlySet<string>): boolean {
    const bound = new Set<string>();
    const keys = [...this.#table.foreignKeys].sort((a, b) => b.from.length - a.from.length);
    return keys.every((key) => this.#referBy(key, row, bound, fixed));
  }

  #referBy(
    key: DatabaseForeignKey,
    row: Map<string, SqlValue>,
    bound: Set<string>,
    fixed: ReadonlySet<string>,
  ): boolean {
    const given = key.from.flatMap((name, at) => (bound.has(name) ? [[key.to[at]!, row.get(name)!] as const] : []));
    const where = given.map(([name]) => `${quoteName(name)} = ?`).join(' AND ') || 'true';
    const targets = key.to.map((name) => quoteName(name!)).join(', ');
    const parents = this.#database.prepare(`SELECT ${targets} FROM ${quoteName(key.table)} WHERE ${where}`);
    parents.setReadBigInts(true);
    const found = parents.all(...given.map(([, value]) => value as SQLInputValue)) as SqlRow[];
    const nullable = key.from.filter((name) => !bound.has(name) && !this.#table.columns.get(name)!.notNull);
    if (
      nullable.length > 0 &&
      (found.length === 0 ||
        this.#random(4) === 0 ||
        nullable.some((name) => fixed.has(name) && row.get(name) === null))
    ) {
      for (const name of nullable) row.set(name, null);
    } else if (found.length > 0) {
      const parent = found[this.#random(found.length)]!;
      for (const [at, name] of key.from.entries()) row.set(name, parent[key.to[at]!]!);
    } else if (key.table === this.#table.name) {
      for (const [at, name] of key.from.entries()) row.set(name, row.get(key.to[at]!)!);
    } else return false;
    for (const name of key.from) bound.add(name);
    return true;
  }
}

/** Everything that is stored, with generated columns. */
export function readRows(database: DatabaseSync, schema: DatabaseSchema): RowsByTable {
  return new Map(
    [...schema.values()].map((table) => {
      const names = [...table.columns.keys()].map(quoteName).join(', ');
      const statement = database.prepare(`SELECT ${names} FROM ${quoteName(table.name)}`);
      statement.setReadBigInts(true);
      const rows = statement.all() as SqlRow[];
      return [table.name, new Map(rows.map((row) => [row[ROW_VERSION_COLUMN] as bigint, row]))] as const;
    }),
  );
}

/** Depth first along foreign keys; a cycle of them is entered where a row needs no parent, if there is such a place. */
export function parentsFirst(schema: DatabaseSchema): DatabaseTable[] {
  const visited = new Set<string>();
  const parentsNeeded = (table: DatabaseTable): DatabaseTable[] =>
    table.foreignKeys
      .filter((key) => !isOptional(table, key))
      .flatMap((key) => (key.table === table.name ? [] : (schema.get(key.table) ?? [])));
  const needs = (table: DatabaseTable, other: DatabaseTable, seen = new Set([table])): boolean =>
    parentsNeeded(table).some((parent) => {
      if (parent === other) return true;
      if (seen.has(parent)) return false;
      return needs(parent, other, seen.add(parent));
    });
  const order: DatabaseTable[] = [];
  const visit = (table: DatabaseTable): void => {
    if (visited.has(table.name)) return;
    visited.add(table.name);
    for (const key of table.foreignKeys) {
      const target = schema.get(key.table);
      if (target !== undefined && !(isOptional(table, key) && needs(target, table))) visit(target);
    }
    order.push(table);
  };
  for (const table of schema.values()) visit(table);
  return order;
}

const isOptional = ({ columns }: DatabaseTable, { from }: DatabaseForeignKey): boolean =>
  from.some((name) => !columns.get(name)!.notNull);

/** The same numbers each time: a rehearsal that refuses does so again. (Mulberry32.) */
function makeRandom(): (below: number) => number {
  let state = 0x5eed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
