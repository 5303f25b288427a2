/**
 * Answers queries from rows in memory, slowly and obviously: whole lists, filtered and sorted by comparing values, pages
 * cut out of them. Written from the contract alone; shares nothing with the product.
 */

import { groupRows, measuresOf } from './groups.ts';
import { parsePath, valueAt } from './json.ts';
import { type Compared, comparing, measure, measured, type Term } from './measures.ts';
import type { Input, ListArguments, ListQuery, MEASURES, RowSelect } from './query.ts';
import { RelatedRows } from './related.ts';
import { Filter } from './where.ts';
import { columnOf, type Entity, entityOf, type Row, rowsOf, type Value, type World } from './world.ts';

const DEFAULT_PAGE = 20;

/** Stands for a cursor: opaque, so only its presence is compared. */
export const CURSOR = '<cursor>';

export class Oracle {
  readonly related: RelatedRows;
  readonly #world: World;
  readonly #filter: Filter;

  constructor(world: World) {
    this.#world = world;
    this.related = new RelatedRows(world);
    this.#filter = new Filter(world, this.related);
  }

  answer({ type, args, select }: ListQuery): unknown {
    const entity = entityOf(this.#world, type);
    return this.#list(entity, rowsOf(this.#world, type, args.includeDeleted), args, select);
  }

  /** All rows of a root list in order, whatever its page. */
  ordered(type: string, args: ListArguments): readonly Row[] {
    const entity = entityOf(this.#world, type);
    return this.#select(entity, this.#world.rows[type]!, args);
  }

  #select(entity: Entity, rows: readonly Row[], { where = {}, orderBy = [], shardKey }: ListArguments): Row[] {
    return rows
      .filter((row) => shardKey === undefined || row[entity.shardKey] === shardKey)
      .filter((row) => this.#filter.matches(entity, row, where) === true)
      .sort(this.#order(entity, orderBy));
  }

  #list(entity: Entity, rows: readonly Row[], args: ListArguments, select: ListQuery['select']) {
    const all = this.#select(entity, rows, args);
    const { low, start, end, high } = this.#window(entity, args, all);
    const page = all.slice(start, end);
    const cursor = page.length > 0 ? CURSOR : null;
    return {
      ...(select.totalCount && { totalCount: all.length }),
      ...(select.pageInfo && {
        pageInfo: {
          // On its way a page looks for rows up to the other cursor; where it comes from, for any.
          hasNextPage: end < (args.last === undefined ? high : all.length),
          hasPreviousPage: start > (args.last === undefined ? 0 : low),
          startCursor: cursor,
          endCursor: cursor,
        },
      }),
      ...(select.aggregate && { aggregate: measuresOf(entity, all, select.aggregate) }),
      ...(select.rows && !select.edges && { nodes: page.map((row) => this.#row(entity, row, select.rows!)) }),
      ...(select.rows &&
        select.edges && {
          edges: page.map((row) => ({ cursor: CURSOR, node: this.#row(entity, row, select.rows!) })),
        }),
      ...Object.fromEntries((select.groups ?? []).map((group, at) => [`g${at}`, groupRows(entity, all, group)])),
    };
  }

  #row(entity: Entity, row: Row, select: RowSelect): Record<string, unknown> {
    const answer: Record<string, unknown> = {};
    for (const name of select.columns) answer[name] = row[name];
    for (const [at, { column, path }] of select.paths.entries()) {
      answer[`p${at}`] = valueAt(row[column], parsePath(path)) ?? null;
    }
    for (const [at, { relation: name, row: inner }] of select.one.entries()) {
      const relation = entity.relations.find((one) => one.name === name)!;
      const [found] = this.related.of(row, relation);
      answer[`o${at}`] = found === undefined ? null : this.#row(entityOf(this.#world, relation.target), found, inner);
    }
    for (const [at, { relation: name, list }] of select.many.entries()) {
      const relation = entity.relations.find((one) => one.name === name)!;
      const rows = this.related.of(row, relation, list.args.includeDeleted);
      answer[`m${at}`] = this.#list(entityOf(this.#world, relation.target), rows, list.args, list.select);
    }
    return answer;
  }

  /** The page, from `start` to `end`, and what the cursors leave of the whole list, from `low` to `high`. */
  #window(entity: Entity, args: ListArguments, all: readonly Row[]) {
    const order = this.#order(entity, args.orderBy ?? []);
    const boundary = (index: number) => this.#world.rows[entity.type]![index]!;
    const after = args.after === undefined ? null : boundary(args.after);
    const before = args.before === undefined ? null : boundary(args.before);
    const low = after === null ? 0 : all.filter((row) => order(row, after) <= 0).length;
    const high = Math.max(low, before === null ? all.length : all.filter((row) => order(row, before) < 0).length);
    if (args.last !== undefined) return { low, start: Math.max(low, high - args.last), end: high, high };
    const start = Math.min(low + (args.offset ?? 0), high);
    return {
      low,
      start,
      end: Math.min(high, start + (args.first ?? Math.min(DEFAULT_PAGE, entity.maxPage ?? DEFAULT_PAGE))),
      high,
    };
  }

  #order(entity: Entity, orderBy: readonly Input[]): (a: Row, b: Row) => number {
    const key = entity.primaryKey.map((name) => ({ [name]: 'ASC' }));
    return comparing([...orderBy, ...key].map((entry) => this.#term(entity, entry)));
  }

  #term(entity: Entity, entry: Input): Term<Row> {
    const [[name, inner]] = Object.entries(entry) as [[string, unknown]];
    const relation = entity.relations.find((one) => [one.name, `${one.name}Aggregate`].includes(name));
    if (relation === undefined) {
      const column = columnOf(entity, name);
      return { value: (row) => row[name]!, compared: column, direction: inner as string };
    }
    const target = entityOf(this.#world, relation.target);
    if (relation.name === name) {
      const term = this.#term(target, inner as Input);
      return { ...term, value: (row) => this.#valueOf(this.related.of(row, relation)[0], term) };
    }
    const [[op, of]] = Object.entries(inner as Input) as [['count' | (typeof MEASURES)[number], unknown]];
    const [column, direction] = typeof of === 'string' ? [undefined, of] : (Object.entries(of as Input)[0] as [string, string]); // biome-ignore format: one line
    const measuredColumn = column === undefined ? undefined : columnOf(target, column);
    // Sums and averages count as doubles in orders.
    const double: Compared = { kind: 'float', stored: {} };
    const isDouble = op === 'sum' || op === 'avg';
    const value = (row: Row): Value => {
      const result = measure(op, measuredColumn, this.related.of(row, relation));
      return isDouble && result !== null ? Number(result) : result;
    };
    return { value, compared: isDouble ? double : measured(op, measuredColumn), direction };
  }

  #valueOf(row: Row | undefined, term: Term<Row>): Value {
    return row === undefined ? null : term.value(row);
  }
}
