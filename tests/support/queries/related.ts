import { type Pairs, type Relation, type Row, rowsOf, type Value, type World } from './world.ts';

/** Rows of a world by the values of some columns; null equals nothing. */
export class RelatedRows {
  readonly #world: World;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly Row[]>>();
  readonly #known = new WeakMap<Row, Map<Relation, readonly Row[]>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @param includeDeleted Those that were deleted are related too; through rows of a join table that were not. */
  of(row: Row, relation: Relation, includeDeleted = false): readonly Row[] {
    if (includeDeleted) return this.#find(row, relation, true);
    const byRelation = this.#known.get(row) ?? new Map<Relation, readonly Row[]>();
    const rows = byRelation.get(relation) ?? this.#find(row, relation, false);
    this.#known.set(row, byRelation.set(relation, rows));
    return rows;
  }

  #find(row: Row, { target, on, through }: Relation, includeDeleted: boolean): readonly Row[] {
    if (through === null) return this.#matching(target, on, row, includeDeleted);
    const links = this.#matching(through.type, on, row, false);
    return [...new Set(links.flatMap((link) => this.#matching(target, through.on, link, includeDeleted)))];
  }

  #matching(type: string, on: Pairs, from: Row, includeDeleted: boolean): readonly Row[] {
    const key = keyOf(from, on.map(([name]) => name)); // biome-ignore format: one line
    return key === null ? [] : (this.#index(type, on.map(([, name]) => name), includeDeleted).get(key) ?? []); // biome-ignore format: one line
  }

  #index(type: string, names: readonly string[], includeDeleted: boolean): ReadonlyMap<string, readonly Row[]> {
    const name = `${type} ${names} ${includeDeleted}`;
    const index = this.#indexes.get(name) ?? this.#makeIndex(type, names, includeDeleted);
    this.#indexes.set(name, index);
    return index;
  }

  #makeIndex(type: string, names: readonly string[], includeDeleted: boolean): ReadonlyMap<string, readonly Row[]> {
    const index = new Map<string, Row[]>();
    for (const row of rowsOf(this.#world, type, includeDeleted)) {
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
