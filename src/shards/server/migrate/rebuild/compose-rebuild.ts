import { fnv1a64 } from '../../../../lib/fnv1a.ts';
import type { CheckedColumn } from '../../../migration-plan.ts';
import { plannedIndexName } from '../../../sql/index-names.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { isWord, parseColumnDrop, tokensOf, unquoted } from '../sql-parts.ts';
import { COPY_PREFIX, NEW_PREFIX, readColumns } from '../stored-table.ts';
import { dependsOnTime, mentions } from './by-row.ts';
import { readKeptColumns } from './fits-steps.ts';
import {
  createdColumns,
  createdUnder,
  parseAddedColumn,
  parseAssignments,
  parseCopy,
  parseIndexDrop,
  parseIndexOf,
  replaces,
} from './parse-statements.ts';
import type { PlaceShown, PlannedIndex, Rebuild, RebuildPart } from './rebuild.ts';

/** What copies of other forms are not gone on with by. */
const FORMAT = 2;

/** A statement of the run. */
export interface Placed {
  readonly place: string;
  readonly at: PlaceShown;
  readonly sql: string;
}

/**
 * Takes together what the statements of a run do to a table. Null: there is something among it that cannot be done to a copy, or not row by row.
 * A value is SQL over the row as it was before the run; so none may look at a column that an earlier statement has given another value.
 */
export function composeRebuild(
  session: ReadSession,
  table: string,
  statements: readonly Placed[],
  allChecks: readonly CheckedColumn[],
): Rebuild | null {
  if (readColumns(session, table).length === 0) return null;
  const composition = new Composition(session, table);
  for (let at = 0; at < statements.length; ) {
    const taken = composition.take(statements.slice(at, at + 4));
    if (taken === 0) return null;
    at += taken;
  }
  return composition.end(allChecks.filter((check) => check.table === table));
}

class Composition {
  readonly #session: ReadSession;
  readonly #table: string;
  readonly #copy: string;
  /** What each column gets. */
  #values: Map<string, string>;
  /** Columns that have other values than the row that expressions are over; in lower case. */
  readonly #computed = new Set<string>();
  readonly #typed = new Set<string>();
  readonly #added: string[] = [];
  #create: string[];
  #indexes: readonly PlannedIndex[];
  readonly #changes: string[] = [];
  #isReplaced = false;
  #isRewritten = false;
  /** The statement by which rows are copied or changed. */
  #at: PlaceShown | null = null;
  /** Another one that rewrites them. */
  #first: PlaceShown | null = null;
  readonly #parts = new Map<string, RebuildPart>();

  constructor(session: ReadSession, table: string) {
    this.#session = session;
    this.#table = table;
    this.#copy = COPY_PREFIX + table;
    const columns = readColumns(session, table).filter(({ isGenerated }) => !isGenerated);
    this.#values = new Map(columns.map(({ name }) => [name, quoteName(name)]));
    this.#indexes = readIndexes(session, table);
    const created = session.row("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table)?.[0];
    const create = created === undefined ? null : createdUnder(created as string, table, this.#copy);
    this.#create = create === null ? [] : [create];
  }

  /** Takes the first of these statements, or all four of them. Gives how many; 0: there is one that cannot be done so. */
  take(next: readonly Placed[]): number {
    const [{ place, at, sql }, copy, drop, rename] = next as [Placed, ...(Placed | undefined)[]];
    if (copy && drop && rename && parseCopy(copy.sql)?.table === this.#table) {
      return this.#isMentionedIn(sql) || mentions(sql, NEW_PREFIX + this.#table) ? this.#replace(next) : 1;
    }
    const dropped = parseIndexDrop(sql);
    if (dropped !== null && this.#indexes.some(({ name }) => name === dropped)) {
      if (this.#indexes.some((index) => index.name === dropped && index.at !== null)) return 0;
      this.#indexes = this.#indexes.filter(({ name }) => name !== dropped);
      return this.#takeAs('none', place);
    }
    if (!this.#isMentionedIn(sql)) return 1;
    const index = parseIndexOf(sql, this.#table);
    if (index !== null) {
      if (this.#indexes.some(({ name }) => name === index.name)) return 0;
      this.#indexes = [...this.#indexes, { ...index, sql, at }];
      return this.#takeAs('index', place);
    }
    if (this.#add(sql)) return this.#takeAs('none', place);
    if (this.#drop(sql)) {
      this.#first ??= at;
      return this.#takeAs('none', place);
    }
    if (this.#update(sql)) {
      this.#at ??= at;
      return this.#takeAs('none', place);
    }
    // Whatever else is done to the table would be done to another one; other tables may refer to it.
    const [first, second] = tokensOf(sql);
    return isWord(first, 'CREATE') && isWord(second, 'TABLE') ? 1 : 0;
  }

  end(checks: readonly CheckedColumn[]): Rebuild | null {
    const made = this.#indexes.filter(({ at }) => at !== null);
    const hasWork = this.#isReplaced || this.#isRewritten || this.#changes.length > 0 || made.length > 0;
    if (!hasWork || this.#create.length === 0) return null;
    // The copy takes the table's place at the first statement, where no other one does that.
    const first = this.#parts.keys().next().value!;
    if (!this.#isReplaced) this.#parts.set(first, 'all');
    const unique = made.find(({ isUnique }) => isUnique) ?? made[0];
    const rebuild = {
      table: this.#table,
      createCopy: this.#create,
      columns: [...this.#values.keys()],
      values: [...this.#values.values()],
      added: this.#added,
      typed: [...this.#typed],
      indexes: this.#indexes,
      changes: this.#changes,
      isReplaced: this.#isReplaced,
      isRewritten: this.#isReplaced || this.#isRewritten,
      checks,
    };
    return {
      ...rebuild,
      id: fnv1a64(JSON.stringify([FORMAT, rebuild])),
      at: (this.#at ?? unique?.at ?? this.#first)!,
      parts: this.#parts,
    };
  }

  #takeAs(part: RebuildPart, place: string): number {
    this.#parts.set(place, part);
    return 1;
  }

  #isMentionedIn(sql: string): boolean {
    return mentions(sql, this.#table);
  }

  /** A new table, all rows copied one by one, the old one dropped, the new one renamed, as `db:generate` writes it. */
  #replace([create, copy, drop, rename]: readonly Placed[]): number {
    const { columns, values } = parseCopy(copy!.sql)!;
    const created = createdUnder(create!.sql, NEW_PREFIX + this.#table, this.#copy);
    if (created === null || !replaces(this.#table, drop!.sql, rename!.sql)) return 0;
    const isLate = this.#isReplaced || this.#added.length > 0 || this.#indexes.some(({ at }) => at !== null);
    if (isLate || values.some((value) => !this.#isBare(value) && this.#looksAtComputed(value))) return 0;
    const before = this.#values;
    this.#values = new Map(
      columns.map((name, at) => [name, this.#isBare(values[at]!) ? before.get(unquoted(values[at]!))! : values[at]!]),
    );
    for (const [at, name] of columns.entries()) {
      const source = unquoted(values[at]!);
      if (this.#isBare(values[at]!, before) && source === name) {
        if (this.#computed.has(name.toLowerCase())) this.#typed.add(name);
      } else if (this.#isBare(values[at]!, before) && this.#computed.has(source.toLowerCase())) return 0;
      else this.#computed.add(name.toLowerCase());
    }
    const kept = new Set(columns.filter((name, at) => unquoted(values[at]!) === name));
    const all = readColumns(this.#session, this.#table).map(({ name }) => name);
    for (const name of [...all, ...createdColumns(create!.sql)]) {
      if (!kept.has(name)) this.#computed.add(name.toLowerCase());
    }
    this.#create = [created];
    this.#indexes = [];
    this.#isReplaced = true;
    this.#at = copy!.at;
    for (const [part, { place }] of [
      ['create', create!],
      ['copy', copy!],
      ['drop', drop!],
      ['rename', rename!],
    ] as const)
      this.#parts.set(place, part);
    return 4;
  }

  #isBare(value: string, columns: ReadonlyMap<string, string> = this.#values): boolean {
    return columns.has(unquoted(value));
  }

  #looksAtComputed(sql: string): boolean {
    return [...this.#computed].some((name) => mentions(sql, name));
  }

  #add(sql: string): boolean {
    const column = parseAddedColumn(sql, this.#table);
    if (column === null) return false;
    const { name, isGenerated, of } = column;
    if (isGenerated) this.#computed.add(name.toLowerCase());
    else {
      if (
        this.#columnNamed(
          name,
          readColumns(this.#session, this.#table).map((each) => each.name),
        ) !== undefined
      )
        return false;
      this.#added.push(name);
    }
    this.#create = [...this.#create, of(this.#copy)];
    return true;
  }

  #drop(sql: string): boolean {
    const dropped = parseColumnDrop(sql);
    if (dropped === null || dropped.table !== this.#table) return false;
    const name = this.#columnNamed(dropped.column, [...this.#values.keys()]);
    if (name === undefined || this.#added.includes(name)) return false;
    this.#values.delete(name);
    this.#computed.add(name.toLowerCase());
    this.#create = [...this.#create, `ALTER TABLE ${quoteName(this.#copy)} DROP COLUMN ${quoteName(name)}`];
    this.#isRewritten = true;
    return true;
  }

  #update(sql: string): boolean {
    const update = parseAssignments(sql);
    if (update === null || update.table !== this.#table) return false;
    const { set, condition } = update;
    const looked = [...set.map(([, value]) => value), ...(condition === null ? [] : [condition])];
    if (looked.some((each) => dependsOnTime(each) || this.#looksAtComputed(each))) return false;
    const kept = readKeptColumns(this.#session, this.#table);
    const assigned = new Map<string, string>();
    for (const [column, value] of set) {
      const name = this.#columnNamed(column, [...this.#values.keys(), ...this.#added]);
      if (name === undefined || this.#columnNamed(name, [...kept]) !== undefined) return false;
      const before = this.#values.get(name) ?? quoteName(name);
      assigned.set(
        name,
        condition === null ? `(${value})` : `CASE WHEN (${condition}) THEN (${value}) ELSE ${before} END`,
      );
    }
    if (this.#isReplaced) {
      for (const name of this.#values.keys()) if (looked.some((each) => mentions(each, name))) this.#typed.add(name);
    }
    for (const [name, value] of assigned) {
      this.#values.set(name, value);
      this.#computed.add(name.toLowerCase());
    }
    for (const { name, isGenerated } of readColumns(this.#session, this.#table)) {
      if (isGenerated) this.#computed.add(name.toLowerCase());
    }
    this.#changes.push(condition ?? '1');
    return true;
  }

  #columnNamed(name: string, columns: readonly string[]): string | undefined {
    return columns.find((each) => each.toLowerCase() === name.toLowerCase());
  }
}

/** But for those of constraints, which come with the table. */
const readIndexes = (session: ReadSession, table: string): PlannedIndex[] =>
  session
    .rows(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name",
      table,
    )
    .map(([present, made]) => {
      const name = plannedIndexName(present as string);
      const isUnique = isWord(tokensOf(made as string)[1], 'UNIQUE');
      return { name, sql: withIndexName(made as string, name), isUnique, at: null };
    });

/** The statement that makes an index, with another name. */
function withIndexName(sql: string, name: string): string {
  const tokens = tokensOf(sql);
  const on = tokens.findIndex((token) => isWord(token, 'ON'));
  const { start, end } = tokens[on - 1]!;
  return sql.slice(0, start) + quoteName(name) + sql.slice(end);
}
