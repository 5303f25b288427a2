/** Rows of the library as an oracle keeps them: constraints and cascades, written from the documentation. */
import type { Expectation } from './operation.ts';
import { givenColumns, type Key, type Row, referencesTo, SHAPES, TYPES, type Type, type Value } from './shapes.ts';

/** The operation fails with one of these codes: which of several wrongs is found first is nobody's promise. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly codes: readonly string[];

  constructor(...codes: readonly string[]) {
    super(codes.join(' or '));
    this.codes = codes;
  }
}

/** The operation asks for what no document promises: there is nothing to compare. */
export class Unspecified extends Error {
  override readonly name = 'Unspecified';
}

/** Stands for the version of the commit, until the commit is known. */
export const NEW_VERSION = 'the version of this commit';

/** One that no row has ever had. */
export const WRONG_VERSION = '1';

/** Stands for the moment of the n-th delete, until it is known. */
const momentOf = (n: number): string => `moment ${n}`;

/** What is expected of a row that a client knows by some of its values. */
interface Expected {
  readonly type: Type;
  readonly tenant: string;
  readonly values: Row;
  readonly expects: Expectation;
}

type Tables = ReadonlyMap<Type, Map<string, Row>>;

export class Rows {
  #tables: Tables = new Map(TYPES.map((type) => [type, new Map()]));
  /** Those of before the request. */
  #before: Tables = this.#tables;
  #deletes = 0;

  /** Of all tenants. */
  all(type: Type): Row[] {
    return [...this.#tables.get(type)!.values()];
  }

  of(type: Type, tenant: string): Row[] {
    return this.all(type).filter(({ tenantId }) => tenantId === tenant);
  }

  live(type: Type, tenant: string): Row[] {
    return this.of(type, tenant).filter(isLive);
  }

  /** The row as it is now; undefined: it is gone. */
  now(type: Type, row: Row): Row | undefined {
    return this.#tables.get(type)!.get(rowKey(type, row));
  }

  /** Called before each request, whose work is an attempt. */
  begin(): void {
    this.#before = this.#tables;
  }

  /** What a client knows of the version of a row, by some of its values, before it sends the request; null: nothing. */
  knownVersion(type: Type, tenant: string, values: Row, isDeleted: boolean): string | null {
    const wanted = Object.entries(values);
    for (const row of this.#before.get(type)!.values())
      if (row.tenantId === tenant && isLive(row) !== isDeleted && wanted.every(([name, value]) => row[name] === value))
        return row.version;
    return null;
  }

  /**
   * The version that counts is that of before the request, which may have changed the row since.
   *
   * @throws Refused: NOT_FOUND for a row that the request has created.
   */
  requireVersion({ type, tenant, values, expects }: Expected, row: Row, isDeleted = false): void {
    if (expects === 'none') return;
    const known = expects === 'current' ? this.knownVersion(type, tenant, values, isDeleted) : null;
    const before = row.version === NEW_VERSION ? this.#before.get(type)!.get(rowKey(type, row))?.version : row.version;
    if (before === undefined) throw new Refused('NOT_FOUND');
    if (before !== (known ?? WRONG_VERSION)) throw new Refused('CONFLICT');
  }

  /** Runs `work`; what it has done stays only if it does not throw, and if `keeps`. */
  attempt<T>(work: () => T, keeps = true): T {
    const before = this.#tables;
    this.#tables = new Map([...before].map(([type, rows]) => [type, new Map(rows)]));
    let isKept = false;
    try {
      const result = work();
      isKept = keeps;
      return result;
    } finally {
      if (!isKept) this.#tables = before;
    }
  }

  /** Once a commit is known, what stood for its version and moment is replaced. */
  learn(replace: (type: Type, row: Row) => Row): void {
    for (const [type, rows] of this.#tables) for (const [key, row] of rows) rows.set(key, replace(type, row));
  }

  insert(type: Type, tenantId: string, values: Row): Row {
    const row: Record<string, Value> = { tenantId };
    for (const [name, { fallback = null }] of Object.entries(SHAPES[type].columns))
      row[name] = values[name] ?? fallback;
    // What is given as null stays null: defaults are for what is left out.
    for (const [name, value] of Object.entries(values)) if (value === null) row[name] = null;
    row.version = NEW_VERSION;
    this.#hold(type, row, null);
    this.#put(type, row);
    return row;
  }

  /** Sets nothing, writes nothing. */
  set(type: Type, row: Row, values: Row): Row {
    const before = this.now(type, row)!;
    if (Object.keys(values).length === 0) return before;
    const after = { ...before, ...followed(type, values), version: NEW_VERSION };
    this.#hold(type, after, before);
    this.#put(type, after);
    return after;
  }

  /** As `deleteX` does. */
  remove(type: Type, row: Row): void {
    if (SHAPES[type].isSoft) this.#hide(type, row);
    else this.purge(type, row);
  }

  /** For good, with all that goes with it. */
  purge(type: Type, row: Row): void {
    const doomed = this.#withCascade(type, row, () => true);
    for (const [each, ofType] of doomed) {
      for (const [referrer, { column, onDelete }] of referencesTo(ofType)) {
        if (onDelete === 'cascade') continue;
        const isReferred = this.#referrers(referrer, column, each).some((other) => !doomed.has(other));
        if (isReferred) throw new Refused('FOREIGN_KEY_VIOLATION');
      }
    }
    for (const [each, ofType] of doomed) this.#tables.get(ofType)!.delete(rowKey(ofType, each));
  }

  restore(type: Type, row: Row): Row {
    const { deletedAt } = row;
    const hidden = this.#withCascade(type, row, (child) => child.deletedAt === deletedAt);
    for (const [each, ofType] of hidden) this.#put(ofType, { ...each, deletedAt: null, version: NEW_VERSION });
    for (const [each, ofType] of hidden) this.#hold(ofType, this.now(ofType, each)!, each);
    return this.now(type, row)!;
  }

  #hide(type: Type, row: Row): void {
    const deletedAt = momentOf(++this.#deletes);
    const doomed = this.#withCascade(type, row, (child, ofType) => SHAPES[ofType].isSoft && isLive(child));
    for (const [each, ofType] of doomed) this.#put(ofType, { ...each, deletedAt, version: NEW_VERSION });
  }

  #withCascade(type: Type, row: Row, isMeant: (child: Row, type: Type) => boolean): Map<Row, Type> {
    const found = new Map<Row, Type>([[this.now(type, row)!, type]]);
    for (const [each, ofType] of found) {
      for (const [referrer, { column, onDelete }] of referencesTo(ofType)) {
        if (onDelete !== 'cascade') continue;
        for (const child of this.#referrers(referrer, column, each))
          if (isMeant(child, referrer)) found.set(child, referrer);
      }
    }
    return found;
  }

  #referrers(type: Type, column: string, { tenantId, id }: Row): Row[] {
    return this.of(type, tenantId).filter((row) => row[column] === id);
  }

  #put(type: Type, row: Row): void {
    this.#tables.get(type)!.set(rowKey(type, row), row);
  }

  /** @throws Refused with all that is wrong with the row. */
  #hold(type: Type, row: Row, before: Row | null): void {
    const codes = [...this.violations(type, row, before)];
    if (codes.length > 0) throw new Refused(...codes);
  }

  *violations(type: Type, row: Row, before: Row | null): Iterable<string> {
    const { columns, keys, references, broken } = SHAPES[type];
    for (const [name, { isNullable }] of Object.entries(columns))
      if (!isNullable && row[name] === null) yield 'NOT_NULL_VIOLATION';
    yield* broken(row);
    for (const key of keys) if (this.sameKey(type, key, row, before)) yield 'UNIQUE_VIOLATION';
    for (const { column, target } of references) {
      const isThere = row[column] === null || this.of(target, row.tenantId).some(({ id }) => id === row[column]);
      if (!isThere) yield 'FOREIGN_KEY_VIOLATION';
    }
  }

  /** Another row that has the values which the row has, or would have, of a key. */
  sameKey(type: Type, { columns, isOfLiveRows }: Key, row: Row, self: Row | null): Row | undefined {
    if (columns.some((column) => (row[column] ?? null) === null)) return undefined;
    if (isOfLiveRows && !isLive(row)) return undefined;
    const own = self === null ? null : rowKey(type, self);
    return this.of(type, row.tenantId).find(
      (other) =>
        rowKey(type, other) !== own &&
        (!isOfLiveRows || isLive(other)) &&
        columns.every((column) => other[column] === row[column]),
    );
  }
}

/** With the columns that follow each change. */
export function followed(type: Type, values: Row): Row {
  if (Object.keys(values).length === 0) return values;
  const following = Object.entries(SHAPES[type].columns).filter(([, { follows }]) => follows !== undefined);
  return { ...Object.fromEntries(following.map(([name, { follows }]) => [name, follows])), ...values };
}

export const isLive = (row: Row): boolean => (row.deletedAt ?? null) === null;

export const rowKey = (type: Type, row: Row): string =>
  JSON.stringify([row.tenantId, ...SHAPES[type].keys[0].columns.map((name) => row[name])]);

/** Columns that are given, of data that may hold relations. */
export const columnsIn = (type: Type, data: Value): Row => {
  const given = new Set(givenColumns(type).map(([name]) => name));
  return Object.fromEntries(Object.entries(data ?? {}).filter(([name]) => given.has(name)));
};
