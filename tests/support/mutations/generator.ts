/** Random mutations of the library, most of which can be done. */
import { below, pick, type Random } from '../random.ts';
import type { Bulk, Expectation, NewRow, Operation, Single } from './operation.ts';
import type { Oracle } from './oracle.ts';
import { type Column, givenColumns, type Relation, type Row, SHAPES, TYPES, type Type, type Value } from './shapes.ts';

export type Kind = Single['kind'] | Bulk['kind'] | 'wrong' | 'transaction';

/** How often each kind is tried. */
const WEIGHTS: readonly (readonly [Kind, number])[] = [
  ['create', 14],
  ['update', 22],
  ['upsert', 8],
  ['delete', 6],
  ['restore', 4],
  ['purge', 2],
  ['createMany', 8],
  ['upsertMany', 6],
  ['updateMany', 5],
  ['deleteMany', 2],
  ['wrong', 1],
];

const KINDS = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));

/** Values are few, so that they meet. */
const IDS = 14;
const TEXTS = ['', 'a', 'bb', 'Ünï 💚', "it's", 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'];

export class Generator {
  readonly #random: Random;
  readonly #oracle: Oracle;
  readonly #tenants: readonly string[];

  constructor(random: Random, oracle: Oracle, tenants: readonly string[]) {
    this.#random = random;
    this.#oracle = oracle;
    this.#tenants = tenants;
  }

  next(): Operation {
    const tenant = pick(this.#random, this.#tenants);
    return this.#operation(pick(this.#random, KINDS), tenant);
  }

  #operation(kind: Kind, tenant: string): Operation {
    const type = pick(this.#random, TYPES);
    switch (kind) {
      case 'create':
        return { kind, type, tenant, data: this.#new(type, tenant, 2, []) };
      case 'createMany':
      case 'upsertMany':
        return this.#newRows(kind, type);
      case 'wrong':
        return pick(this.#random, wrongs(type, tenant));
      default:
        return this.#ofRow(kind, type, tenant) ?? this.#operation('create', tenant);
    }
  }

  /** Undefined: there are no such rows. */
  #ofRow(
    kind: Exclude<Kind, 'create' | 'createMany' | 'upsertMany' | 'wrong'>,
    type: Type,
    tenant: string,
  ): Operation | undefined {
    const { isSoft } = SHAPES[type];
    const row = this.#any(type, tenant);
    if (row === undefined) return undefined;
    const named = { type, tenant, by: this.#by(type, row), expects: this.#expectation() };
    const dryRun = this.#chance(0.15);
    switch (kind) {
      case 'update': {
        if (type === 'BookTag') return undefined;
        const data = this.#chance(0.9) ? this.#changes(type, tenant, row, 2) : {};
        return { kind, ...named, data, atomic: this.#atomic(type, data) };
      }
      case 'upsert': {
        if (type === 'BookTag') return undefined;
        const create = this.#new(type, tenant, 2, []);
        const by = this.#chance(0.4) ? this.#by(type, { ...row, ...create }) : named.by;
        const update = this.#changes(type, tenant, row, 2);
        const isContrary = this.#chance(0.02);
        return {
          kind,
          ...named,
          by,
          create: isContrary ? create : { ...create, ...by },
          update,
          atomic: this.#atomic(type, update),
        };
      }
      case 'delete':
        return { kind, ...named, dryRun };
      case 'restore':
      case 'purge':
        return isSoft ? { kind, ...named } : undefined;
      case 'updateMany': {
        if (type === 'BookTag') return undefined;
        const data = this.#changes(type, tenant, null, 0);
        return {
          kind,
          type,
          tenant,
          where: this.#where(type, row),
          data,
          atomic: this.#atomic(type, data),
          atMost: this.#atMost(),
          dryRun,
        };
      }
      case 'deleteMany':
        return { kind, type, tenant, where: this.#where(type, row), atMost: this.#atMost(), dryRun };
    }
  }

  #atMost = (): number => (this.#chance(0.2) ? 1 : 20);

  #newRows(kind: 'createMany' | 'upsertMany', type: Type): Operation {
    const rows = Array.from({ length: 1 + below(this.#random, 5) }, (): NewRow => {
      const tenant = pick(this.#random, this.#tenants);
      const data = this.#new(type, tenant, 0, []);
      const row = this.#any(type, tenant);
      const isKnown = row !== undefined && this.#chance(0.4);
      const key = isKnown ? Object.fromEntries(SHAPES[type].keys[0].columns.map((name) => [name, row[name]])) : {};
      return {
        tenant,
        data: { ...data, ...key },
        expects: kind === 'upsertMany' && this.#chance(0.1) ? this.#expectation() : 'none',
      };
    });
    const dryRun = this.#chance(0.15);
    const named = this.#chance(0.5) ? pick(this.#random, SHAPES[type].keys).name : null;
    if (kind === 'upsertMany') return { kind, type, rows, conflictKey: named, dryRun };
    const onConflict = pick(this.#random, [null, 'ERROR', 'IGNORE', 'UPDATE'] as const);
    const conflictKey = onConflict === 'IGNORE' || onConflict === 'UPDATE' ? named : null;
    return { kind, type, rows, onConflict, conflictKey, dryRun };
  }

  #where(type: Type, row: Row): Value {
    const columns = givenColumns(type).filter(([, { kind }]) => kind === 'id' || kind === 'text' || kind === 'int');
    const condition = (): Value => {
      const [name, { kind, isNullable }] = pick(this.#random, columns);
      if (isNullable && this.#chance(0.2)) return { [name]: { isNull: this.#chance(0.5) } };
      const value = row[name] ?? (kind === 'int' ? 3 : 'i3');
      const operator = pick(this.#random, ['eq', 'ne', 'in', ...(kind === 'int' ? ['gte'] : [])]);
      return { [name]: { [operator]: operator === 'in' ? [value, kind === 'int' ? 1 : 'i1'] : value } };
    };
    return this.#chance(0.8) ? condition() : { OR: [condition(), condition()] };
  }

  /** Of columns that the data leave alone, mostly. Null: none. */
  #atomic(type: Type, data: Value): Value {
    if (type !== 'Author' && type !== 'Book' && type !== 'Post') return null;
    if (this.#chance(0.5)) return null;
    const columns = givenColumns(type).filter(([name, { kind }]) => kind !== 'id' && !(name in data));
    const chosen = columns.filter(() => this.#chance(0.3));
    if (chosen.length === 0) return null;
    return Object.fromEntries(chosen.map(([name, column]) => [name, this.#change(column)]));
  }

  #change({ kind, isNullable }: Column): Value {
    const number = (values: readonly Value[]) => ({
      [pick(this.#random, ['increment', 'decrement', 'multiply', 'min', 'max'])]: pick(this.#random, values),
    });
    const ifNull = (value: Value) => (isNullable && this.#chance(0.4) ? { setIfNull: value } : {});
    switch (kind) {
      case 'int':
        return { ...number([0, 1, 2, 5, -1, 1_000_000_000]), ...ifNull(1), ...(this.#chance(0.2) && number([1, 2])) };
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
        return this.#chance(0.5) ? { append: 'x', ...ifNull('n') } : { prepend: 'ü', ...ifNull('') };
    }
  }

  #new(type: Type, tenant: string, depth: number, given: readonly string[]): Value {
    const data: Record<string, Value> = {};
    const relations = Object.entries(SHAPES[type].relations);
    const referred = new Set<string>();
    for (const [name, relation] of relations) {
      const isGiven = relation.kind === 'refers' && given.includes(relation.column) && !this.#chance(0.01);
      if (depth === 0 || isGiven || !this.#chance(0.25)) continue;
      data[name] = this.#nested(relation, tenant, null, depth);
      if (relation.kind === 'refers' && !this.#chance(0.02)) referred.add(relation.column);
    }
    for (const [name, column] of givenColumns(type)) {
      if ((given.includes(name) && !this.#chance(0.01)) || referred.has(name)) continue;
      const isOptional = column.isNullable || column.fallback !== undefined;
      if (isOptional && this.#chance(0.4)) continue;
      data[name] = this.#value(type, name, column, tenant);
    }
    return data;
  }

  #changes(type: Type, tenant: string, row: Row | null, depth: number): Value {
    const data: Record<string, Value> = {};
    const relations = Object.entries(SHAPES[type].relations);
    const referred = new Set<string>();
    for (const [name, relation] of relations) {
      if (depth === 0 || !this.#chance(0.25)) continue;
      data[name] = this.#nested(relation, tenant, row, depth);
      if (relation.kind === 'refers') referred.add(relation.column);
    }
    const primary = SHAPES[type].keys[0].columns;
    for (const [name, column] of givenColumns(type)) {
      if (primary.includes(name) || referred.has(name) || !this.#chance(0.3)) continue;
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
    const chosen = verbs.filter(() => this.#chance(0.25));
    return Object.fromEntries(
      chosen.map((verb) => [
        verb,
        Array.from({ length: 1 + below(this.#random, 2) }, () => this.#element(relation, tenant, row, verb, depth - 1)),
      ]),
    );
  }

  #one(relation: Relation, tenant: string, row: Row | null, verb: string, depth: number): Value {
    if (verb === 'disconnect' || verb === 'delete') return this.#chance(0.9);
    const element = this.#element(relation, tenant, row, verb, depth);
    if (verb !== 'update' && verb !== 'upsert') return element;
    const { by: _, ...input } = element;
    return input;
  }

  #element(relation: Relation, tenant: string, row: Row | null, verb: string, depth: number): Value {
    const { target } = relation;
    const isReferred = relation.kind === 'referred';
    const create = () => this.#new(target, tenant, depth, isReferred ? [relation.column] : []);
    switch (verb) {
      case 'create':
        return create();
      case 'connect':
      case 'set':
        return this.#byOf(target, this.#any(target, tenant));
      case 'connectOrCreate': {
        const data = create();
        const by = this.#byOf(target, this.#chance(0.5) ? data : this.#any(target, tenant));
        return { by, create: this.#chance(0.01) ? data : { ...data, ...by } };
      }
      default: {
        const other = this.#chance(0.9) ? this.#related(relation, tenant, row) : this.#any(target, tenant);
        const by = this.#byOf(target, other);
        if (verb === 'disconnect') return by;
        if (verb === 'delete') return { by };
        const changes = this.#changes(target, tenant, other ?? null, depth);
        if (verb === 'update') return { by, data: changes };
        const data = create();
        if (this.#chance(0.5)) return { by: this.#byOf(target, data), create: data, update: changes };
        // A to-one relation's new row has no key beside it.
        const isAny = relation.kind === 'refers' || this.#chance(0.01);
        return { by, create: isAny ? data : { ...data, ...by }, update: changes };
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

  #byOf(_type: Type, row: Value): Value {
    return { id: row?.id ?? 'nobody' };
  }

  /** By any of its keys. */
  #by(type: Type, row: Row): Value {
    if (this.#chance(0.03))
      return type === 'BookTag' ? { bookIdAndTagId: { bookId: 'x', tagId: 'y' } } : { id: 'nobody' };
    const keys = SHAPES[type].keys.filter(({ columns }) => columns.every((name) => row[name] !== null));
    const { columns } = pick(this.#random, keys);
    const values = Object.fromEntries(columns.map((name) => [name, row[name]]));
    return columns.length === 1 ? values : { bookIdAndTagId: values };
  }

  #any(type: Type, tenant: string): Row | undefined {
    const rows = this.#oracle.rows.of(type, tenant);
    return rows.length === 0 || this.#chance(0.02) ? undefined : pick(this.#random, rows);
  }

  #value(type: Type, name: string, { kind, isNullable }: Column, tenant: string): Value {
    if (isNullable ? this.#chance(0.15) : this.#chance(0.005)) return null;
    const reference = SHAPES[type].references.find(({ column }) => column === name);
    if (reference) return this.#any(reference.target, tenant)?.id ?? this.#id();
    switch (kind) {
      case 'id':
        return this.#id();
      case 'text':
        return name === 'title' && this.#chance(0.03) ? 'much too long' : this.#text();
      case 'int':
        return this.#chance(0.02) ? -1 : name === 'stock' ? 3 + below(this.#random, 9) : below(this.#random, 6);
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

  #expectation(): Expectation {
    return this.#chance(0.8) ? 'none' : this.#chance(0.8) ? 'current' : 'wrong';
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}

/** What says nothing of which rows it means, or contradicts itself. */
function wrongs(type: Type, tenant: string): Operation[] {
  const { list } = SHAPES[type];
  const plural = `${list[0]!.toUpperCase()}${list.slice(1)}`;
  const column = Object.keys(SHAPES[type].columns)[0]!;
  const wheres = [
    '{}',
    '{ AND: [] }',
    '{ NOT: {} }',
    `{ ${column}: {} }`,
    `{ OR: [{}] }`,
    `{ ${column}: { ne: null } }`,
  ];
  const by = type === 'BookTag' ? '{ bookIdAndTagId: { bookId: "a", tagId: "b" } }' : '{ id: "i1" }';
  const fields = [
    ...wheres.map((where) => `delete${plural}(where: ${where}, atMost: 5, shardKey: "${tenant}") { affectedCount }`),
    `delete${plural}(where: { ${column}: { eq: "i1" } }, atMost: 5) { affectedCount }`,
    `delete${plural}(where: { ${column}: { eq: "i1" } }, atMost: 0, shardKey: "${tenant}") { affectedCount }`,
    `delete${type}(by: ${by}, shardKey: null) { tenantId }`,
    ...(type === 'Author'
      ? [
          `update${type}(by: ${by}, shardKey: "${tenant}", data: { score: 1 }, atomic: { score: { increment: 1 } }) { id }`,
          `update${type}(by: ${by}, shardKey: "${tenant}", data: { email: "x" }, atomic: { score: { increment: null } }) { id }`,
        ]
      : []),
  ];
  return fields.map((field) => ({ kind: 'wrong', document: `mutation { it: ${field} }`, code: 'BAD_USER_INPUT' }));
}
