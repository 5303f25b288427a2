import { below, pick, type Random } from '../random.ts';
import { someSteps } from './generate-json.ts';
import { WhereGenerator } from './generate-where.ts';
import { pathText } from './json.ts';
import { measure, measured } from './measures.ts';
import {
  DIRECTIONS,
  type GroupKey,
  type GroupSelect,
  type Input,
  type ListArguments,
  type ListQuery,
  type ListSelect,
  MEASURES,
  type Measure,
  orderedValue,
  type RowSelect,
  TRUNCS,
} from './query.ts';
import type { RelatedRows } from './related.ts';
import { isExactText, isNumeric } from './values.ts';
import { type Column, columnOf, type Entity, entityOf, type Relation, type World } from './world.ts';

const MAX_DEPTH = 3;
const ZONES = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu', 'America/Los_Angeles']; // biome-ignore format: one line

/** Random lists over a world. */
export class QueryGenerator {
  readonly #world: World;
  readonly #random: Random;
  readonly #related: RelatedRows;
  readonly #where: WhereGenerator;

  constructor(world: World, related: RelatedRows, random: Random) {
    this.#world = world;
    this.#random = random;
    this.#related = related;
    this.#where = new WhereGenerator(world, random);
  }

  query(): ListQuery {
    const entity = pick(this.#random, this.#world.entities);
    const shardKey = this.#chance(0.3) ? this.#shardKey(entity) : undefined;
    const boundary = () => {
      const { length } = this.#world.rows[entity.type]!;
      return length === 0 ? null : below(this.#random, length);
    };
    const args = { ...this.#arguments(entity, 20, boundary), ...(shardKey !== undefined && { shardKey }) };
    const query = { type: entity.type, args, select: this.#select(entity, 1) };
    return this.#chance(0.04) ? { ...query, args: { ...args, ...this.#wrongArguments(entity, args) } } : query;
  }

  /** What must be refused, or is right all the same. */
  #wrongArguments(entity: Entity, { where = {} }: ListArguments): ListArguments {
    const across = entity.relations.filter(({ colocated }) => !colocated);
    const wrong: (() => ListArguments)[] = [
      () => ({ first: 1, last: 1 }),
      () => ({ last: 2, offset: 1 }),
      () => ({ first: pick(this.#random, [-1, entity.maxPage ?? 100, (entity.maxPage ?? 100) + 1, 2_147_483_647]) }),
      () => ({ last: pick(this.#random, [-1, 100, 101]) }),
      () => {
        const order = this.#order(entity, 3);
        return { orderBy: [order, ...this.#orderBy(entity), order] };
      },
    ];
    for (const { name, kind, target } of across) {
      if (kind === 'many' && entityOf(this.#world, target).counted === false) continue;
      const column = pick(this.#random, comparable(entityOf(this.#world, target))).name;
      wrong.push(
        () => ({ orderBy: [kind === 'one' ? { [name]: { [column]: 'ASC' } } : { [`${name}Aggregate`]: { count: 'ASC' } }] }), // biome-ignore format: one line
        () => (kind === 'one' ? {} : { where: { AND: [where, { [`${name}Aggregate`]: { count: { gt: 1 } } }] } }),
      );
    }
    return pick(this.#random, wrong)();
  }

  /** A filter and an order, to be walked page by page. */
  walk(): Pick<ListQuery, 'type' | 'args'> & { readonly pageRows: number } {
    const entity = pick(this.#random, this.#world.entities);
    const args = { where: this.#where.where(entity, 1), orderBy: this.#orderBy(entity) };
    return { type: entity.type, args, pageRows: 1 + below(this.#random, 40) };
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  #shardKey(entity: Entity): string {
    const values = this.#where.present(entity, entity.shardKey);
    return values.length > 0 ? String(pick(this.#random, values)) : '1';
  }

  /** @param boundary Gives the index of a row that is in the list; null if there is none. */
  #arguments(entity: Entity, rows: number, boundary: () => number | null): ListArguments {
    const size = below(this.#random, Math.min(rows, entity.maxPage ?? rows) + 1);
    const cursor = (name: 'after' | 'before') => {
      const at = boundary();
      return at === null ? {} : { [name]: at };
    };
    const page = pick<() => ListArguments>(this.#random, [
      () => ({ first: size }),
      () => ({ first: size, ...cursor('after') }),
      () => ({ first: size, offset: below(this.#random, 12) }),
      () => ({ last: size }),
      () => ({ last: size, ...cursor('before') }),
      () => ({ first: size, ...cursor('after'), ...cursor('before') }),
    ])();
    return {
      ...(this.#chance(0.7) && { where: this.#where.where(entity, this.#chance(0.2) ? 3 : 2) }),
      ...(this.#chance(0.6) && { orderBy: this.#orderBy(entity) }),
      ...(entity.keepsDeleted && this.#chance(0.3) && { includeDeleted: true }),
      ...page,
    };
  }

  #orderBy(entity: Entity): Input[] {
    const length = below(this.#random, 3) + (this.#chance(0.8) ? 1 : 0);
    return eachOnce(Array.from({ length }, () => this.#order(entity, 3)));
  }

  #order(entity: Entity, steps: number): Input {
    const relations = entity.relations.filter(
      ({ colocated, kind, target }) => colocated && (kind === 'one' || entityOf(this.#world, target).counted !== false),
    );
    const direction = pick(this.#random, DIRECTIONS);
    if (steps === 0 || relations.length === 0 || this.#chance(0.45)) {
      return { [pick(this.#random, comparable(entity)).name]: direction };
    }
    const { name, kind, target } = pick(this.#random, relations);
    const of = entityOf(this.#world, target);
    if (kind === 'one') return { [name]: this.#order(of, steps - 1) };
    const op = pick(this.#random, ['count', ...MEASURES] as const);
    // Sums of longer numbers are rounded as they are added up: their order is no contract.
    const candidates = comparable(of).filter(
      (column) => (op !== 'sum' && op !== 'avg') || (isNumeric(column.kind) && !isExactText(column.kind)),
    );
    if (op === 'count' || candidates.length === 0) return { [`${name}Aggregate`]: { count: direction } };
    return { [`${name}Aggregate`]: { [op]: { [pick(this.#random, candidates).name]: direction } } };
  }

  #select(entity: Entity, depth: number): ListSelect {
    const shows = pick(this.#random, ['nodes', 'nodes', 'edges', 'none']);
    const isCounted = entity.counted !== false;
    const groups =
      isCounted && this.#chance(0.25) ? [this.#group(entity), ...(this.#chance(0.2) ? [this.#group(entity)] : [])] : [];
    const select = {
      ...(shows !== 'none' && { rows: this.#row(entity, depth), edges: shows === 'edges' }),
      ...(this.#chance(0.4) && { pageInfo: true }),
      ...(isCounted && this.#chance(0.3) && { totalCount: true }),
      ...(isCounted && this.#chance(0.25) && { aggregate: this.#measures(entity) }),
      ...(groups.length > 0 && { groups }),
    };
    if (Object.keys(select).length > 0) return select;
    return isCounted ? { totalCount: true } : { pageInfo: true };
  }

  #row(entity: Entity, depth: number): RowSelect {
    const relations = depth < MAX_DEPTH ? entity.relations : [];
    const chosen = relations.filter(() => this.#chance(0.3 / depth));
    const target = ({ target: type }: Relation) => entityOf(this.#world, type);
    return {
      columns: [...new Set([...entity.primaryKey, pick(this.#random, entity.columns).name])],
      paths: entity.columns
        .filter(({ kind }) => kind === 'json' && this.#chance(0.3))
        .map(({ name }) => ({ column: name, path: this.#path(entity, name) })),
      one: chosen
        .filter(({ kind }) => kind === 'one')
        .map((relation) => ({ relation: relation.name, row: this.#row(target(relation), depth + 1) })),
      many: chosen
        .filter(({ kind }) => kind === 'many')
        .map((relation) => ({
          relation: relation.name,
          list: {
            args: this.#arguments(target(relation), 4, () => this.#boundary(entity, relation)),
            select: this.#select(target(relation), depth + 1),
          },
        })),
    };
  }

  #path(entity: Entity, column: string): string {
    return pathText(someSteps(this.#random, pick(this.#random, this.#where.present(entity, column)), 1));
  }

  /** A row that some row has by the relation. */
  #boundary(entity: Entity, relation: Relation): number | null {
    const rows = this.#world.rows[entity.type]!;
    if (rows.length === 0) return null;
    const related = this.#related.of(pick(this.#random, rows), relation);
    return related.length === 0 ? null : this.#world.rows[relation.target]!.indexOf(pick(this.#random, related));
  }

  #measures(entity: Entity): Measure[] {
    const candidates = (op: Measure['op']) =>
      comparable(entity).filter(({ kind }) => (op !== 'sum' && op !== 'avg') || isNumeric(kind));
    const measures = MEASURES.filter(() => this.#chance(0.5)).flatMap((op): Measure[] => {
      const columns = candidates(op);
      return columns.length === 0 ? [] : [{ op, column: pick(this.#random, columns).name }];
    });
    return [{ op: 'count' }, ...measures];
  }

  #group(entity: Entity): GroupSelect {
    const columns = [...new Set(Array.from({ length: 1 + below(this.#random, 3) }, () => pick(this.#random, comparable(entity))))]; // biome-ignore format: one line
    const by = columns.map(({ name, kind }): GroupKey => {
      if (!['dateTime', 'seconds'].includes(kind) || this.#chance(0.3)) return { column: name };
      const zone = this.#chance(0.7) ? { timeZone: pick(this.#random, ZONES) } : {};
      return { column: name, trunc: pick(this.#random, TRUNCS), ...zone };
    });
    return {
      by,
      measures: this.#measures(entity),
      ...(this.#chance(0.4) && { having: this.#having(entity, by, 2) }),
      ...(this.#chance(0.5) && { orderBy: this.#groupOrder(entity, by) }),
      ...(this.#chance(0.4) && { first: below(this.#random, 6) }),
    };
  }

  #having(entity: Entity, by: readonly GroupKey[], depth: number): Input {
    if (depth > 0 && this.#chance(0.3)) {
      const inner = () => this.#having(entity, by, depth - 1);
      const operator = pick(this.#random, ['AND', 'OR', 'NOT']);
      return { [operator]: operator === 'NOT' ? inner() : Array.from({ length: below(this.#random, 3) }, inner) };
    }
    if (this.#chance(0.4)) {
      const column = columnOf(entity, pick(this.#random, by).column);
      return { keys: { [column.name]: this.#where.operators(column, this.#where.present(entity, column.name)) } };
    }
    const shown = this.#measures(entity);
    const { op, column } = pick(this.#random, shown);
    const of = entity.columns.find(({ name }) => name === column);
    const sample = this.#world.rows[entity.type]!.filter(() => this.#chance(0.1));
    const compared = measured(op, of);
    const values = [measure(op, of, sample)].filter((value) => value !== null);
    const operators = this.#where.operators(compared, values);
    return { [op]: column === undefined ? operators : { [column]: operators } };
  }

  #groupOrder(entity: Entity, by: readonly GroupKey[]): Input[] {
    const order = (): Input => {
      const direction = pick(this.#random, DIRECTIONS);
      if (this.#chance(0.4)) return { keys: { [pick(this.#random, by).column]: direction } };
      const { op, column } = pick(this.#random, this.#measures(entity));
      return { [op]: column === undefined ? direction : { [column]: direction } };
    };
    return eachOnce(Array.from({ length: 1 + below(this.#random, 2) }, order));
  }
}

/** Of entries that name the same value, the first. */
const eachOnce = (orderBy: readonly Input[]): Input[] =>
  orderBy.filter((entry, index) => orderBy.findIndex((one) => orderedValue(one) === orderedValue(entry)) === index);

const comparable = ({ columns }: Entity): readonly Column[] => columns.filter(({ kind }) => kind !== 'json');
