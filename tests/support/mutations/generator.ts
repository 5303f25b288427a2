/** Random mutations of the library, most of which can be done. */
import { below, pick, type Random } from '../random.ts';
import type { Bulk, NewRow, Operation, Single, Step } from './operation.ts';
import type { Oracle } from './oracle.ts';
import { RandomData } from './random-data.ts';
import { Unspecified } from './rows.ts';
import { type Column, givenColumns, type Row, SHAPES, TYPES, type Type, type Value } from './shapes.ts';
import { wrongs } from './wrongs.ts';

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
const STEPS = KINDS.filter((kind): kind is PlainKind => kind !== 'transaction' && kind !== 'wrong');
/** Those whose row later ones may refer to. */
const STAYING: readonly PlainKind[] = ['create', 'update', 'upsert', 'restore'];

const SOFT_TYPES = TYPES.filter((type) => SHAPES[type].isSoft);

export class Generator {
  readonly #random: Random;
  readonly #oracle: Oracle;
  readonly #tenants: readonly string[];
  readonly #data: RandomData;

  constructor(random: Random, oracle: Oracle, tenants: readonly string[]) {
    this.#random = random;
    this.#oracle = oracle;
    this.#tenants = tenants;
    this.#data = new RandomData(random, oracle);
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
    const isOfSoft = kind === 'restore' || kind === 'purge' || (kind === 'delete' && this.#data.chance(0.4));
    const type = pick(this.#random, isOfSoft ? SOFT_TYPES : TYPES);
    if (kind === 'createMany' || kind === 'upsertMany') return this.#newRows(kind, type, tenants);
    const ofRow = kind === 'create' ? undefined : this.#ofRow(kind, type, tenant);
    return ofRow ?? { kind: 'create', type, tenant, data: this.#data.created(type, tenant, 2, []) };
  }

  /** Most operations can be done after those before them. */
  #transaction(tenant: string): Operation & { readonly kind: 'transaction' } {
    const transaction = (steps: readonly Step[]) => ({ kind: 'transaction', tenant, steps }) as const;
    const count = 1 + below(this.#random, 5);
    let steps: readonly Step[] = [];
    for (let tries = 0; steps.length < count; tries++) {
      const more = [...steps, this.#step(tenant, steps)];
      const isLast = tries >= 3 * count || this.#data.chance(0.05);
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
    const isNamed = STAYING.includes(operation.kind) && this.#data.chance(0.7);
    return {
      ...this.#referring(undry, before),
      isPlaced: before.length === 0 || this.#data.chance(0.5),
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
      const isFixed = kind === 'update' && (keys[0].columns.includes(name) || name in (operation.atomic ?? {}));
      if (isFixed || related.includes(name) || !this.#data.chance(isForeign ? 0.5 : 0.1)) return [];
      const { operation: source, as } = pick(this.#random, sources);
      const target = references.find((reference) => reference.column === name)?.target;
      if (target !== undefined && source.type !== target) return [];
      const fields = isForeign ? ['id'] : fieldsLike(source.type, column);
      return fields.length === 0 ? [] : [{ column: name, from: as!, field: pick(this.#random, fields) }];
    });
    if (refs.length === 0 || this.#data.chance(0.02)) return { operation, refs };
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
    const isOfDeleted = (kind === 'restore' || kind === 'purge') && this.#data.chance(0.9);
    const row = isOfDeleted ? this.#data.deleted(type, tenant) : this.#data.any(type, tenant);
    if (row === undefined) return undefined;
    const named = { type, tenant, by: this.#data.by(type, row), expects: this.#data.expectation() };
    const dryRun = this.#data.chance(0.15);
    switch (kind) {
      case 'update': {
        if (type === 'BookTag') return undefined;
        const data = this.#data.chance(0.9) ? this.#data.changes(type, tenant, row, 2) : {};
        return { kind, ...named, data, atomic: this.#data.atomic(type, data) };
      }
      case 'upsert': {
        if (type === 'BookTag') return undefined;
        const create = this.#data.created(type, tenant, 2, []);
        const by = this.#data.chance(0.4) ? this.#data.by(type, { ...row, ...create }) : named.by;
        const update = this.#data.changes(type, tenant, row, 2);
        return {
          kind,
          ...named,
          by,
          create: this.#data.besideKey(create, by),
          update,
          atomic: this.#data.atomic(type, update),
        };
      }
      case 'delete':
        return { kind, ...named, dryRun };
      case 'restore':
      case 'purge':
        return { kind, ...named };
      case 'updateMany': {
        if (type === 'BookTag') return undefined;
        const data = this.#data.changes(type, tenant, null, 0);
        return {
          kind,
          type,
          tenant,
          where: this.#where(type, row),
          data,
          atomic: this.#data.atomic(type, data),
          atMost: this.#atMost(),
          dryRun,
        };
      }
      case 'deleteMany':
        return { kind, type, tenant, where: this.#where(type, row), atMost: this.#atMost(), dryRun };
    }
  }

  #atMost = (): number => (this.#data.chance(0.2) ? 1 : 20);

  #newRows(kind: 'createMany' | 'upsertMany', type: Type, tenants: readonly string[]): Bulk {
    const depth = this.#data.chance(0.3) ? 1 : 0;
    const rows = Array.from({ length: 1 + below(this.#random, 5) }, (): NewRow => {
      const tenant = pick(this.#random, tenants);
      const data = this.#data.created(type, tenant, depth, []);
      const row = this.#data.any(type, tenant);
      const isKnown = row !== undefined && this.#data.chance(0.4);
      const key = isKnown ? Object.fromEntries(SHAPES[type].keys[0].columns.map((name) => [name, row[name]])) : {};
      return {
        tenant,
        data: { ...data, ...key },
        expects: kind === 'upsertMany' && this.#data.chance(0.1) ? this.#data.expectation() : 'none',
      };
    });
    const dryRun = this.#data.chance(0.15);
    const named = this.#data.chance(0.5) ? pick(this.#random, SHAPES[type].keys).name : null;
    if (kind === 'upsertMany') return { kind, type, rows, conflictKey: named, dryRun };
    const onConflict = pick(this.#random, [null, 'ERROR', 'IGNORE', 'UPDATE'] as const);
    const conflictKey = onConflict === 'IGNORE' || onConflict === 'UPDATE' ? named : null;
    return { kind, type, rows, onConflict, conflictKey, dryRun };
  }

  #where(type: Type, row: Row): Value {
    const columns = givenColumns(type).filter(([, { kind }]) => kind === 'id' || kind === 'text' || kind === 'int');
    const condition = (): Value => {
      const [name, { kind, isNullable }] = pick(this.#random, columns);
      if (isNullable && this.#data.chance(0.2)) return { [name]: { isNull: this.#data.chance(0.5) } };
      const value = row[name] ?? (kind === 'int' ? 3 : 'i3');
      const operator = pick(this.#random, ['eq', 'ne', 'in', ...(kind === 'int' ? ['gte'] : [])]);
      return { [name]: { [operator]: operator === 'in' ? [value, kind === 'int' ? 1 : 'i1'] : value } };
    };
    return this.#data.chance(0.8) ? condition() : { OR: [condition(), condition()] };
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
