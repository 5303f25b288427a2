/** Rows that random writes name: those that the caller sees, those that it does not, and some that are not there; and values for new ones. */
import { RelatedRows } from '../../queries/related.ts';
import { type Entity, entityOf, type Relation, type Row, type Value, type World } from '../../queries/world.ts';
import { pick, type Random } from '../../random.ts';
import { ENTITIES } from '../entities.ts';
import { type AllRows, VALUES } from '../rows.ts';

/** Columns that name rows of other tables, of the same space or of none. */
export const REFERENCES: Readonly<Record<string, string>> = {
  docId: 'Doc',
  parentId: 'Doc',
  tagId: 'Tag',
  personId: 'Person',
  ownerId: 'Person',
  authorId: 'Person',
};
/** Columns whose values are unique. A collision with a hidden row tells of it, as documented, so they are new. */
const UNIQUE_TEXTS = ['id', 'slug', 'label'];
/** Where an input stands. */
export interface Place {
  /** Of the rows that are written. */
  readonly spaceId: string;
  readonly depth: number;
  /** Whose related rows these are, if it is there already. */
  readonly parent: Row | null;
  readonly relation: Relation | null;
  /** Columns that something else gives, with their values if they are known: some inputs ask for them all the same. */
  readonly supplied: Readonly<Record<string, unknown>>;
}

/** The values in `row` that a key names. */
export const keyOf = (type: string, row: Row): Row => {
  const { primaryKey } = ENTITIES.find((one) => one.type === type)!;
  return Object.fromEntries(primaryKey.map((name) => [name, row[name]!]));
};

export class RowPicker {
  readonly #world: World;
  readonly #seen: World;
  readonly #random: Random;
  readonly #related: RelatedRows;
  readonly #hot: AllRows;
  readonly #prefix: string;
  #made = 0;

  /**
   * @param world all rows, deleted ones among them.
   * @param hot rows that matter more than others, by type; they need not be there.
   * @param prefix begins values that no row has.
   */
  constructor(world: World, seen: World, random: Random, hot: AllRows, prefix: string) {
    this.#world = world;
    this.#seen = seen;
    this.#random = random;
    this.#related = new RelatedRows(world);
    this.#hot = hot;
    this.#prefix = prefix;
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  entity(type: string): Entity {
    return entityOf(this.#world, type);
  }

  related(parent: Row, relation: Relation): readonly Row[] {
    return this.#related.of(parent, relation);
  }

  /** A row of the space, most of the time one that the caller sees and that is related to the one around it; or none. */
  relatedRow(entity: Entity, { parent, relation, spaceId }: Place): Row {
    if (parent !== null && relation !== null && this.#chance(0.7)) {
      const related = this.#related.of(parent, relation, this.#chance(0.05));
      if (related.length > 0) return pick(this.#random, related);
    }
    return this.row(entity, spaceId);
  }

  row(entity: Entity, spaceId: string, isDeleted = this.#chance(0.05)): Row {
    if (this.#chance(0.05)) return this.newKey(entity, spaceId);
    const hot = (this.#hot[entity.type] ?? []).filter((row) => (row.spaceId ?? spaceId) === spaceId);
    if (hot.length > 0 && this.#chance(0.4)) return pick(this.#random, hot);
    const { rows, deleted = {} } = this.#chance(0.75) ? this.#seen : this.#world;
    const all = (isDeleted ? deleted : rows)[entity.type] ?? [];
    const ofSpace = all.filter((row) => (row.spaceId ?? spaceId) === spaceId);
    const chosen = ofSpace.length > 0 && this.#chance(0.95) ? ofSpace : all;
    return chosen.length > 0 ? this.#whole(entity, pick(this.#random, chosen)) : this.newKey(entity, spaceId);
  }

  /** With the columns that the caller does not see. */
  #whole({ type, primaryKey }: Entity, row: Row): Row {
    const { rows, deleted = {} } = this.#world;
    const isSame = (one: Row) => primaryKey.every((name) => one[name] === row[name]);
    return rows[type]!.find(isSame) ?? deleted[type]!.find(isSame) ?? row;
  }

  newKey({ type, primaryKey }: Entity, spaceId: string): Row {
    const value = (name: string) => (name === 'spaceId' ? spaceId : (this.newValue(type, name, spaceId) as Value));
    return Object.fromEntries(primaryKey.map((name) => [name, value(name)]));
  }

  newValue(type: string, name: string, spaceId: string): unknown {
    if (name === 'spaceId') return spaceId;
    const made = `${this.#prefix}${this.#made++}`;
    if (UNIQUE_TEXTS.includes(name)) return made;
    if (name === 'serial') return 10_000 + this.#made;
    if (name === 'at') return new Date(Date.UTC(2028, 0, 1, 0, 0, this.#made)).toISOString();
    const target = REFERENCES[name];
    if (target === undefined) return VALUES[type]![name]!(this.#random);
    if (name === 'parentId' && this.#chance(0.3)) return null;
    return this.row(this.entity(target), spaceId).id;
  }
}
