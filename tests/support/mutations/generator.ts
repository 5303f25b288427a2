/** Random mutations of the library, most of which can be done. */
import { below, pick, type Random } from '../random.ts';
import type { Bulk, Expectation, NestedExpectation, NewRow, Operation, Single, Step } from './operation.ts';
import type { Oracle } from './oracle.ts';
import { Unspecified } from './rows.ts';
import { type Column, givenColumns, type Relation, type Row, SHAPES, TYPES, type Type, type Value } from './shapes.ts';

type PlainKind = Single['kind'] | Bulk['kind'];
export type Kind = PlainKind | 'wrong' | 'transaction';

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
  ['transaction', 12],
  ['wrong', 1],
];

const KINDS = WEIGHTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
/** Those that are operations of a transaction. */
const STEPS = KINDS.filter((kind): kind is PlainKind => kind !== 'transaction' && kind !== 'wrong' && kind !== 'purge');
/** Those whose row later ones may refer to. */
const STAYING: readonly PlainKind[] = ['create', 'update', 'upsert', 'restore'];

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
    const kind = pick(this.#random, KINDS);
    if (kind === 'transaction') return this.#transaction(tenant);
    if (kind === 'wrong') return pick(this.#random, wrongs(pick(this.#random, TYPES), tenant));
    return this.#operation(kind, tenant, this.#tenants);
  }

  /** @param tenants whose rows it may create, where it creates several. */
  #operation(kind: PlainKind, tenant: string, tenants: readonly string[]): Single | Bulk {
    const type = pick(this.#random, TYPES);
    if (kind === 'createMany' || kind === 'upsertMany') return this.#newRows(kind, type, tenants);
    const ofRow = kind === 'create' ? undefined : this.#ofRow(kind, type, tenant);
    return ofRow ?? { kind: 'create', type, tenant, data: this.#new(type, tenant, 2, []) };
  }

  /** Most operations can be done after those before them. */
  #transaction(tenant: string): Operation & { readonly kind: 'transaction' } {
    const transaction = (steps: readonly Step[]) => ({ kind: 'transaction', tenant, steps }) as const;
    const count = 1 + below(this.#random, 5);
    let steps: readonly Step[] = [];
    for (let tries = 0; steps.length < count; tries++) {
      const more = [...steps, this.#step(tenant, steps)];
      const isLast = tries >= 3 * count || this.#chance(0.05);
      if (isLast || this.#canBeDone(transaction(more))) steps = more;
      if (isLast) break;
    }
    return transaction(steps);
  }

  #canBeDone(operation: Operation): boolean {
    try {
      return this.#oracle.foresee(operation).status === 'OK';
    } catch (error) {
      if (error instanceof Unspecified) return false;
      throw error;
    }
  }

  #step(tenant: string, before: readonly Step[]): Step {
    const kind = pick(this.#random, STEPS);
    const operation = this.#operation(kind, tenant, [tenant]);
    const undry = 'dryRun' in operation ? { ...operation, dryRun: false } : operation;
    const isNamed = STAYING.includes(operation.kind) && this.#chance(0.7);
    return {
      ...this.#referring(undry, before),
      isPlaced: before.length === 0 || this.#chance(0.5),
      as: isNamed ? `s${before.length}` : null,
    };
  }

  /** With columns that come from rows of earlier steps: what the data say of them is left out. */
  #referring(operation: Single | Bulk, before: readonly Step[]): Pick<Step, 'operation' | 'refs'> {
    const sources = before.filter(({ as }) => as !== null);
    if ((operation.kind !== 'create' && operation.kind !== 'update') || sources.length === 0)
      return { operation, refs: [] };
    const { type, kind } = operation;
    const { keys, references, relations } = SHAPES[type];
    const related = Object.entries(relations).flatMap(([name, relation]) =>
      relation.kind === 'refers' && operation.data?.[name] !== undefined ? [relation.column] : [],
    );
    const refs = givenColumns(type).flatMap(([name, column]) => {
      const isForeign = references.some((reference) => reference.column === name);
      const mayLack = isForeign || column.isNullable || column.fallback !== undefined;
      const isFixed = kind === 'update' && (keys[0].columns.includes(name) || name in (operation.atomic ?? {}));
      if (!mayLack || isFixed || related.includes(name) || !this.#chance(isForeign ? 0.5 : 0.1)) return [];
      const { operation: source, as } = pick(this.#random, sources);
      const target = references.find((reference) => reference.column === name)?.target;
      if (target !== undefined && source.type !== target) return [];
      const fields = isForeign ? ['id'] : fieldsLike(source.type, column);
      return fields.length === 0 ? [] : [{ column: name, from: as!, field: pick(this.#random, fields) }];
    });
    if (refs.length === 0 || this.#chance(0.02)) return { operation, refs };
    const data = { ...operation.data };
    for (const { column } of refs) delete data[column];
    return { operation: { ...operation, data }, refs };
  }

  /** Undefined: there are no such rows. */
  #ofRow(
    kind: Exclude<PlainKind, 'create' | 'createMany' | 'upsertMany'>,
    type: Type,
    tenant: string,
  ): Single | Bulk | undefined {
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

  #newRows(kind: 'createMany' | 'upsertMany', type: Type, tenants: readonly string[]): Bulk {
    const depth = this.#chance(0.3) ? 1 : 0;
    const rows = Array.from({ length: 1 + below(this.#random, 5) }, (): NewRow => {
      const tenant = pick(this.#random, tenants);
      const data = this.#new(type, tenant, depth, []);
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
        const expected = this.#chance(0.1) && { expectedVersion: this.#nestedExpectation(target, tenant, by.id) };
        if (verb === 'delete') return { by, ...expected };
        const changes = this.#changes(target, tenant, other ?? null, depth);
        const inPlace = this.#atomic(target, changes);
        const more = { ...(inPlace && { atomic: inPlace }), ...expected };
        if (verb === 'update') return { by, data: changes, ...more };
        const data = create();
        if (this.#chance(0.5)) return { by: this.#byOf(target, data), create: data, update: changes, ...more };
        // A to-one relation's new row has no key beside it.
        const isAny = relation.kind === 'refers' || this.#chance(0.01);
        return { by, create: isAny ? data : { ...data, ...by }, update: changes, ...more };
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
    const keys = SHAPES[type].keys.filter(({ columns }) => columns.every((name) => row[name] !== null));
    if (keys.length === 0 || this.#chance(0.03))
      return type === 'BookTag' ? { bookIdAndTagId: { bookId: 'x', tagId: 'y' } } : { id: 'nobody' };
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

  #nestedExpectation(type: Type, tenant: string, id: string): NestedExpectation {
    return { is: this.#chance(0.8) ? 'current' : 'wrong', type, tenant, id };
  }

  #expectation(): Expectation {
    return this.#chance(0.8) ? 'none' : this.#chance(0.8) ? 'current' : 'wrong';
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}

/** Columns of a type whose values another column can take. */
const fieldsLike = (type: Type, { kind, isNullable }: Column): string[] =>
  givenColumns(type)
    .filter(
      ([, other]) => (other.kind === kind || (isText(other.kind) && isText(kind))) && (isNullable || !other.isNullable),
    )
    .map(([name]) => name);

const isText = (kind: Column['kind']): boolean => kind === 'id' || kind === 'text';

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
