/** Random nested writes of the workshop, most of which can be done. */
import { below, pick, type Random } from '../random.ts';
import type { Input, Oracle, Row } from './oracle.ts';
import { type Relation, SHAPES, type Type } from './relations.ts';

/** Types that have rows of their own. */
const ROOTS = ['Person', 'Badge', 'Project', 'Task', 'Label'] as const;

export interface RandomWrite {
  readonly field: 'create' | 'update' | 'delete';
  readonly type: Type;
  readonly by: Input;
  readonly data: Input;
}

export class RandomWrites {
  readonly #random: Random;
  readonly #oracle: Oracle;
  #next = 0;

  constructor(random: Random, oracle: Oracle) {
    this.#random = random;
    this.#oracle = oracle;
  }

  next(): RandomWrite {
    const type = pick(this.#random, ROOTS);
    const known = this.#oracle.rows(type);
    if (known.length === 0 || this.#chance(0.35))
      return { field: 'create', type, by: null, data: this.#new(type, 3, []) };
    const row = pick(this.#random, known);
    const by = { id: this.#chance(0.03) ? 'nobody' : row.id };
    if (this.#chance(0.1)) return { field: 'delete', type, by, data: null };
    return { field: 'update', type, by, data: this.#changes(type, row, 3) };
  }

  #new(type: Type, depth: number, given: readonly string[]): Input {
    const data: Input = { id: this.#id(type), ...this.#columns(type) };
    for (const [name, relation] of Object.entries(SHAPES[type].relations)) {
      const isGiven = relation.kind === 'refers' && given.includes(relation.column) && !this.#chance(0.02);
      const isNeeded = relation.kind === 'refers' && relation.isRequired;
      if (isGiven || !(isNeeded || (depth > 0 && this.#chance(0.3)))) continue;
      data[name] = this.#input(relation, null, depth);
    }
    return data;
  }

  #changes(type: Type, row: Row | null, depth: number): Input {
    const data: Input = this.#chance(0.6) ? this.#columns(type) : {};
    if (depth === 0) return data;
    for (const [name, relation] of Object.entries(SHAPES[type].relations)) {
      if (this.#chance(0.35)) data[name] = this.#input(relation, row, depth);
    }
    return data;
  }

  /** @param row that has the relation; null: a new one. */
  #input(relation: Relation, row: Row | null, depth: number): Input {
    const isOne = relation.kind === 'refers' || relation.kind === 'referredOnce';
    const verbs = ['create', 'connect', 'connectOrCreate'];
    if (row !== null) verbs.push('disconnect', 'update', 'upsert', 'delete', ...(isOne ? [] : ['set']));
    const isPossible = (verb: string) => verb !== 'connect' || this.#oracle.rows(relation.target).length > 0;
    if (isOne) {
      const verb = pick(this.#random, verbs.filter(isPossible));
      return { [verb]: this.#one(relation, row, verb, depth - 1) };
    }
    const chosen = verbs.filter(() => this.#chance(0.3)).filter(isPossible);
    return Object.fromEntries(
      chosen.map((verb) => [
        verb,
        Array.from({ length: 1 + below(this.#random, 2) }, () => this.#element(relation, row, verb, depth - 1)),
      ]),
    );
  }

  #one(relation: Relation, row: Row | null, verb: string, depth: number): Input {
    if (verb === 'disconnect' || verb === 'delete') return this.#chance(0.9);
    const { by: _, ...input } = asObject(this.#element(relation, row, verb, depth));
    return verb === 'connect' || verb === 'connectOrCreate' ? this.#element(relation, row, verb, depth) : input;
  }

  #element(relation: Relation, row: Row | null, verb: string, depth: number): Input {
    const { target } = relation;
    const given = relation.kind === 'referred' || relation.kind === 'referredOnce' ? [relation.column] : [];
    switch (verb) {
      case 'create':
        return this.#new(target, depth, given);
      case 'connect':
      case 'set':
        return this.#by(this.#any(target));
      case 'connectOrCreate': {
        const { id, ...create } = this.#new(target, depth, given);
        return { by: this.#chance(0.5) ? { id } : this.#by(this.#any(target), id), create };
      }
      default: {
        const other = this.#chance(0.9) ? this.#related(relation, row) : this.#any(target);
        const by = this.#by(other);
        if (verb === 'disconnect') return by;
        if (verb === 'delete') return { by };
        const changes = this.#changes(target, other ?? null, depth);
        if (verb === 'update') return { by, data: changes };
        const { id, ...create } = this.#new(target, depth, given);
        // A to-one relation's new row has no key beside it.
        const isOne = relation.kind === 'refers' || relation.kind === 'referredOnce';
        return { by: this.#chance(0.5) ? by : { id }, create: isOne ? { id, ...create } : create, update: changes };
      }
    }
  }

  #by(row: Row | undefined, otherwise: unknown = 'nobody'): Input {
    return { id: row?.id ?? otherwise };
  }

  #any(type: Type): Row | undefined {
    const rows = this.#oracle.rows(type);
    return rows.length === 0 || this.#chance(0.03) ? undefined : pick(this.#random, rows);
  }

  #related(relation: Relation, row: Row | null): Row | undefined {
    if (row === null) return undefined;
    const { target } = relation;
    const ids =
      relation.kind === 'refers'
        ? [row[relation.column]]
        : relation.kind === 'linked'
          ? this.#oracle
              .rows(relation.join)
              .flatMap((link) => (link[relation.near] === row.id ? [link[relation.far]] : []))
          : this.#oracle.rows(target).flatMap((other) => (other[relation.column] === row.id ? [other.id] : []));
    const rows = this.#oracle.rows(target).filter(({ id }) => ids.includes(id!));
    return rows.length === 0 ? undefined : pick(this.#random, rows);
  }

  #columns(type: Type): Input {
    const entries = Object.entries(SHAPES[type].columns).map(([name, kind]) => [
      name,
      kind === 'number' ? below(this.#random, 9) : `${name}-${below(this.#random, 400)}`,
    ]);
    return Object.fromEntries(entries);
  }

  /** Now and then one that is there. */
  #id(type: Type): string {
    const known = this.#chance(0.02) ? this.#any(type) : undefined;
    return (known?.id as string | undefined) ?? `${type}-${++this.#next}`;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }
}

const asObject = (value: Input): Input => (typeof value === 'object' ? value : {});
