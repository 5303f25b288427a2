import type { Pairs, Relation, Row, Value, World } from './world.ts';

/** Rows of a world by the values of some columns; null equals nothing. */
export class RelatedRows {
  readonly #world: World;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly Row[]>>();
  readonly #known = new WeakMap<Row, Map<Relation, readonly Row[]>>();

  constructor(world: World) {
    this.#world = world;
  }

  of(row: Row, relation: Relation): readonly Row[] {
    const byRelation = this.#known.get(row) ?? new Map<Relation, readonly Row[]>();
    const rows = byRelation.get(relation) ?? this.#find(row, relation);
    this.#known.set(row, byRelation.set(relation, rows));
    return rows;
  }

  #find(row: Row, { target, on, through }: Relation): readonly Row[] {
    if (through === null) return this.#matching(target, on, row);
    const links = this.#matching(through.type, on, row);
    return [...new Set(links.flatMap((link) => this.#matching(target, through.on, link)))];
  }

  #matching(type: string, on: Pairs, from: Row): readonly Row[] {
    const key = keyOf(from, on.map(([name]) => name)); // biome-ignore format: one line
    return key === null ? [] : (this.#index(type, on.map(([, name]) => name)).get(key) ?? []); // biome-ignore format: one line
  }

  #index(type: string, names: readonly string[]): ReadonlyMap<string, readonly Row[]> {
    const name = `${type} ${names}`;
    const index = this.#indexes.get(name) ?? this.#makeIndex(type, names);
    this.#indexes.set(name, index);
    return index;
  }

  #makeIndex(type: string, names: readonly string[]): ReadonlyMap<string, readonly Row[]> {
    const index = new Map<string, Row[]>();
    for (const row of this.#world.rows[type]!) {
      const key = keyOf(row, names);
      if (key === null) continue;
      const rows = index.get(key);
      if (rows) rows.push(row);
      else index.set(key, [row]);
    }
    return index;
  }
}

function keyOf(row: Row, names: readonly string[]): string | null {
  const values: Value[] = names.map((name) => row[name]!);
  return values.includes(null) ? null : JSON.stringify(values);
}
