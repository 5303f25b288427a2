/** Random data of mutations of the library, most of which fit the rows that there are. */
import { below, pick, type Random } from '../random.ts';
import type { Expectation, NestedExpectation } from './operation.ts';
import type { Oracle } from './oracle.ts';
import { isLive } from './rows.ts';
import { type Column, givenColumns, type Relation, type Row, SHAPES, type Type, type Value } from './shapes.ts';

/** Values are few, so that they meet. */
const IDS = 14;
const TEXTS = ['', 'a', 'bb', 'Ünï 💚', "it's", 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'];

export class RandomData {
  readonly #random: Random;
  readonly #oracle: Oracle;

  constructor(random: Random, oracle: Oracle) {
    this.#random = random;
    this.#oracle = oracle;
  }

  /** Of columns that the data leave alone, mostly. Null: none. */
  atomic(type: Type, data: Value): Value {
    if (type !== 'Author' && type !== 'Book' && type !== 'Post') return null;
    if (this.chance(0.5)) return null;
    const columns = givenColumns(type).filter(([name, { kind }]) => kind !== 'id' && !(name in data));
    const chosen = columns.filter(() => this.chance(0.3));
    if (chosen.length === 0) return null;
    return Object.fromEntries(chosen.map(([name, column]) => [name, this.#change(column)]));
  }

  #change({ kind, isNullable }: Column): Value {
    const number = (values: readonly Value[]) => ({
      [pick(this.#random, ['increment', 'decrement', 'multiply', 'min', 'max'])]: pick(this.#random, values),
    });
    const ifNull = (value: Value) => (isNullable && this.chance(0.4) ? { setIfNull: value } : {});
    switch (kind) {
      case 'int':
        return { ...number([0, 1, 2, 5, -1, 1_000_000_000]), ...ifNull(1), ...(this.chance(0.2) && number([1, 2])) };
      case 'bigint':
        return { ...number(['1', '-3', '2', '4611686018427387904']), ...ifNull('1') };
      case 'decimal':
        return { ...number(['0.5', '2', '-1.25', '0.000001']), ...ifNull('0.5') };
      case 'float':
        return { ...number([0.5, 3, -2, 1e200]), ...ifNull(0.1) };
      case 'json':
        return pick(this.#random, [
          { merge: { a: 1, c: { d: null, e: 2 } } },
          { merge: { a: null } },
          { set: [{ path: 'a.b', value: [1] }] },
          { set: [{ value: { a: {} } }], unset: ['c', 'a.b'] },
          { unset: ['a.b'], append: [{ path: 'list', value: { x: 1 } }] },
          {
            append: [
              { path: 'a.b', value: 2 },
              { path: 'a.b', value: 3 },
            ],
          },
        ]);
      default:
        return this.chance(0.5) ? { append: 'x', ...ifNull('n') } : { prepend: 'ü', ...ifNull('') };
    }
  }

  created(type: Type, tenant: string, depth: number, given: readonly string[]): Value {
    const data: Record<string, Value> = {};
    const relations = Object.entries(SHAPES[type].relations);
    const referred = new Set<string>();
    for (const [name, relation] of relations) {
      const isGiven = relation.kind === 'refers' && given.includes(relation.column) && !this.chance(0.01);
      if (depth === 0 || isGiven || !this.chance(0.25)) continue;
      data[name] = this.#nested(relation, tenant, null, depth);
      if (relation.kind === 'refers' && !this.chance(0.02)) referred.add(relation.column);
    }
    for (const [name, column] of givenColumns(type)) {
      if ((given.includes(name) && !this.chance(0.01)) || referred.has(name)) continue;
      const isOptional = column.isNullable || column.fallback !== undefined;
      if (isOptional && this.chance(0.4)) continue;
      data[name] = this.#value(type, name, column, tenant);
    }
    return data;
  }

  changes(type: Type, tenant: string, row: Row | null, depth: number): Value {
    const data: Record<string, Value> = {};
    const relations = Object.entries(SHAPES[type].relations);
    const referred = new Set<string>();
    for (const [name, relation] of relations) {
      if (depth === 0 || !this.chance(0.25)) continue;
      data[name] = this.#nested(relation, tenant, row, depth);
      if (relation.kind === 'refers') referred.add(relation.column);
    }
    const primary = SHAPES[type].keys[0].columns;
    for (const [name, column] of givenColumns(type)) {
      if (primary.includes(name) || referred.has(name) || !this.chance(0.3)) continue;
      data[name] = this.#value(type, name, column, tenant);
    }
    return data;
  }

  /** @param row that has the relation; null: a new one. */
  #nested(relation: Relation, tenant: string, row: Row | null, depth: number): Value {
    const isOne = relation.kind === 'refers';
    const verbs = ['create', 'connect', 'connectOrCreate'];
    if (row !== null) verbs.push('disconnect', 'update', 'upsert', 'delete', ...(isOne ? [] : ['set']));
    if (isOne) {
      const verb = pick(this.#random, verbs);
      return { [verb]: this.#one(relation, tenant, row, verb, depth - 1) };
    }
    const chosen = verbs.filter(() => this.chance(0.25));
    return Object.fromEntries(
      chosen.map((verb) => [
        verb,
        Array.from({ length: 1 + below(this.#random, 2) }, () => this.#element(relation, tenant, row, verb, depth - 1)),
      ]),
    );
  }

  #one(relation: Relation, tenant: string, row: Row | null, verb: string, depth: number): Value {
    if (verb === 'disconnect' || verb === 'delete') return this.chance(0.9);
    const element = this.#element(relation, tenant, row, verb, depth);
    if (verb !== 'update' && verb !== 'upsert') return element;
    const { by: _, ...input } = element;
    return input;
  }

  #element(relation: Relation, tenant: string, row: Row | null, verb: string, depth: number): Value {
    const { target } = relation;
    const isReferred = relation.kind === 'referred';
    const create = () => this.created(target, tenant, depth, isReferred ? [relation.column] : []);
    switch (verb) {
      case 'create':
        return create();
      case 'connect':
      case 'set':
        return this.#byOf(target, this.any(target, tenant));
      case 'connectOrCreate': {
        const data = create();
        const by = this.#byOf(target, this.chance(0.5) ? data : this.any(target, tenant));
        return { by, create: this.besideKey(data, by) };
      }
      default: {
        const other = this.chance(0.9) ? this.#related(relation, tenant, row) : this.any(target, tenant);
        const by = this.#byOf(target, other);
        if (verb === 'disconnect') return by;
        const expected = this.chance(0.1) && { expectedVersion: this.#nestedExpectation(target, tenant, by.id) };
        if (verb === 'delete') return { by, ...expected };
        const changes = this.changes(target, tenant, other ?? null, depth);
        const inPlace = this.atomic(target, changes);
        const more = { ...(inPlace && { atomic: inPlace }), ...expected };
        if (verb === 'update') return { by, data: changes, ...more };
        const data = create();
        if (this.chance(0.5)) return { by: this.#byOf(target, data), create: data, update: changes, ...more };
        // A to-one relation's new row has no key beside it.
        const isAlone = relation.kind === 'refers';
        return { by, create: isAlone ? data : this.besideKey(data, by), update: changes, ...more };
      }
    }
  }

  #related(relation: Relation, tenant: string, row: Row | null): Row | undefined {
    if (row === null) return undefined;
    const { rows } = this.#oracle;
    const ids =
      relation.kind === 'refers'
        ? [row[relation.column]]
        : relation.kind === 'linked'
          ? rows
              .of(relation.join, tenant)
              .filter((link) => link[relation.near] === row.id)
              .map((link) => link[relation.far])
          : rows
              .of(relation.target, tenant)
              .filter((other) => other[relation.column] === row.id)
              .map(({ id }) => id);
    const found = rows.of(relation.target, tenant).filter(({ id }) => ids.includes(id));
    return found.length === 0 ? undefined : pick(this.#random, found);
  }

  /** A new row that its key stands beside: rarely contrary to that, mostly with the same values, or without them. */
  besideKey(data: Value, by: Value): Value {
    if (this.chance(0.01)) return data;
    if (this.chance(0.7)) return { ...data, ...by };
    return Object.fromEntries(Object.entries(data).filter(([name]) => !(name in by)));
  }

  #byOf(_type: Type, row: Value): Value {
    return { id: row?.id ?? 'nobody' };
  }

  /** By any of its keys. */
  by(type: Type, row: Row): Value {
    const keys = SHAPES[type].keys.filter(({ columns }) => columns.every((name) => row[name] !== null));
    if (keys.length === 0 || this.chance(0.03))
      return type === 'BookTag' ? { bookIdAndTagId: { bookId: 'x', tagId: 'y' } } : { id: 'nobody' };
    const { columns } = pick(this.#random, keys);
    const values = Object.fromEntries(columns.map((name) => [name, row[name]]));
    return columns.length === 1 ? values : { bookIdAndTagId: values };
  }

  /** Undefined: there is none. */
  deleted(type: Type, tenant: string): Row | undefined {
    const rows = this.#oracle.rows.of(type, tenant).filter((row) => !isLive(row));
    return rows.length === 0 ? undefined : pick(this.#random, rows);
  }

  any(type: Type, tenant: string): Row | undefined {
    const rows = this.#oracle.rows.of(type, tenant);
    return rows.length === 0 || this.chance(0.02) ? undefined : pick(this.#random, rows);
  }

  #value(type: Type, name: string, { kind, isNullable }: Column, tenant: string): Value {
    if (isNullable ? this.chance(0.15) : this.chance(0.005)) return null;
    const reference = SHAPES[type].references.find(({ column }) => column === name);
    if (reference) return this.any(reference.target, tenant)?.id ?? this.#id();
    switch (kind) {
      case 'id':
        return this.#id();
      case 'text':
        return name === 'title' && this.chance(0.03) ? 'much too long' : this.#text();
      case 'int':
        return this.chance(0.02) ? -1 : name === 'stock' ? 3 + below(this.#random, 9) : below(this.#random, 6);
      case 'bigint':
        return pick(this.#random, ['0', '7', '-12', '9007199254740993', '9223372036854775807']);
      case 'decimal':
        return pick(this.#random, ['0', '0.1', '-2.5', '1234567.25', '99999999999999.5']);
      case 'float':
        return pick(this.#random, [0, 0.1, -2.5, 1e300, 3]);
      default:
        return pick(this.#random, [{}, { a: 1 }, { a: { b: [1, 'x'] } }, [1, 2], 'text', 5]);
    }
  }

  #id = (): string => `i${below(this.#random, IDS)}`;
  #text = (): string => pick(this.#random, TEXTS);

  #nestedExpectation(type: Type, tenant: string, id: string): NestedExpectation {
    return { is: this.chance(0.8) ? 'current' : 'wrong', type, tenant, id };
  }

  expectation(): Expectation {
    return this.chance(0.8) ? 'none' : this.chance(0.8) ? 'current' : 'wrong';
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }
}
