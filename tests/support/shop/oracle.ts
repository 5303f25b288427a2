/**
 * Answers queries from one plain SQLite database, slowly and obviously: one SELECT per list of each parent row, whole
 * lists, pages cut in JavaScript. Shares nothing with the product but the demo's contract.
 */
import { DatabaseSync } from 'node:sqlite';
import { textTest } from '../queries/text-operators.ts';
import type { ListArguments, ListSelection, Order, Query, Root, RowSelection, Where } from './query.ts';
import { isExcluded, responseKeys } from './query.ts';
import { type Row, type Rows, toGraphQL } from './rows.ts';
import { primaryKey, TABLES, type Table, type TypeName, table } from './tables.ts';

const DEFAULT_PAGE = 20;

/** Stands in an expected answer for a cursor: opaque, so only its presence is compared. */
export const CURSOR = Symbol('cursor');

export interface Expected {
  readonly data: Record<string, unknown>;
  /** `path CODE` of each error, sorted. */
  readonly errors: readonly string[];
}

const TEXT_OPERATORS = ['contains', 'startsWith', 'endsWith', 'like'].flatMap((name) => [name, `i${name}`]);

const COMPARISONS: Readonly<Record<string, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' };

export class Oracle {
  readonly #db = new DatabaseSync(':memory:');
  readonly #rows: Rows;
  readonly #nodeIds: NodeIds;
  readonly #ranks = new Map<string, ReadonlyMap<string, number>>();

  /** `nodeIds` gives the opaque ids that the product gave the rows. */
  constructor(rows: Rows, nodeIds: NodeIds) {
    this.#rows = rows;
    this.#nodeIds = nodeIds;
    for (const name of [...TEXT_OPERATORS, 'ieq']) {
      this.#db.function(`js_${name}`, (value, operand) =>
        value === null ? null : Number(textTest(name, String(value), String(operand))),
      );
    }
    for (const of of TABLES) {
      const names = of.columns.map((column) => column.sql);
      const types = of.columns.map((column) => `${column.sql} ${column.kind === 'int' ? 'INTEGER' : 'TEXT'}`);
      this.#db.exec(`CREATE TABLE ${of.sql} (${types.join(', ')}, PRIMARY KEY (${primaryKey(of).join(', ')}))`);
      const insert = this.#db.prepare(`INSERT INTO ${of.sql} VALUES (${names.map(() => '?').join(', ')})`);
      for (const row of rows[of.type]) insert.run(...names.map((name) => row[name]!));
    }
    for (const { target, on } of TABLES.flatMap(({ relations }) => relations)) {
      const columns = on.map(([, to]) => to);
      this.#db.exec(
        `CREATE INDEX IF NOT EXISTS ${table(target).sql}_${columns.join('_')} ON ${table(target).sql} (${columns})`,
      );
    }
  }

  answer(query: Query): Expected {
    const data: Record<string, unknown> = {};
    const errors: string[] = [];
    for (const [index, root] of query.roots.entries()) {
      const key = `q${index}`;
      try {
        data[key] = this.#root(root);
      } catch (error) {
        if (!(error instanceof ExpectedError)) throw error;
        data[key] = null;
        errors.push(`${key} ${error.message}`);
      }
    }
    return { data, errors: errors.sort() };
  }

  /** All rows of a root list, in order, whatever its page. */
  rowsOf(type: TypeName, { where, orderBy, tenant }: ListArguments): readonly Row[] {
    const shardKey = tenant === undefined ? [] : [[table(type).shardKey, this.#rows.Tenant[tenant]!.id!] as const];
    return this.#select(type, shardKey, where ?? {}, orderBy ?? []);
  }

  #root(root: Root): unknown {
    switch (root.kind) {
      case 'list': {
        const tenant = root.list.args.tenant;
        const of = table(root.list.type);
        return this.#list(root.list, tenant === undefined ? [] : [[of.shardKey, this.#rows.Tenant[tenant]!.id!]]);
      }
      case 'single':
        return this.#single(root);
      case 'node':
        return this.#node(root.row, root.target);
      case 'nodes':
        return root.targets.map((target) => this.#node(root.row, target));
    }
  }

  #single({ row: selection, key, target, withShardKey }: Extract<Root, { kind: 'single' }>): unknown {
    const of = table(selection.type);
    const wanted = lookup(this.#rows, selection.type, key, target);
    const found = this.#rows[selection.type].filter(
      (row) => row[sqlName(of, key)] === wanted.value && (!withShardKey || row[of.shardKey] === wanted.shardKey),
    );
    if (found.length > 1) throw new ExpectedError('BAD_USER_INPUT');
    return found[0] === undefined ? null : this.#row(selection, found[0]);
  }

  #node(selection: RowSelection, target: number): unknown {
    const row = this.#rows[selection.type][target];
    return row === undefined ? null : this.#row(selection, row);
  }

  #row(selection: RowSelection, row: Row): Record<string, unknown> {
    const of = table(selection.type);
    const keys = responseKeys(selection.fields);
    const answer: Record<string, unknown> = {};
    for (const [index, field] of selection.fields.entries()) {
      if (isExcluded(field)) continue;
      const key = keys[index]!;
      switch (field.kind) {
        case 'typename':
          answer[key] = of.type;
          break;
        case 'nodeId':
          answer[key] = this.#nodeIds.get(of.type, row);
          break;
        case 'column': {
          const column = of.columns.find(({ name }) => name === field.name)!;
          answer[key] = toGraphQL(column.kind, row[column.sql]!);
          break;
        }
        case 'one': {
          const found = this.#select(field.row.type, this.#related(of, field.name, row), {}, [])[0];
          answer[key] = found === undefined ? null : this.#row(field.row, found);
          break;
        }
        case 'many':
          answer[key] = this.#list(field.list, this.#related(of, field.name, row));
          break;
      }
    }
    return answer;
  }

  #related(of: Table, name: string, row: Row): Match {
    const relation = of.relations.find((candidate) => candidate.name === name)!;
    return relation.on.map(([from, to]) => [to, row[from]!]);
  }

  #list(list: ListSelection, match: Match): Record<string, unknown> {
    const { args } = list;
    const all = this.#select(list.type, match, args.where ?? {}, args.orderBy ?? []);
    const [start, end] = this.#window(list.type, args, all);
    const page = all.slice(start, end);
    const answer: Record<string, unknown> = {};
    if (list.totalCount) answer.totalCount = all.length;
    if (list.pageInfo) {
      const cursor = page.length > 0 ? CURSOR : null;
      answer.pageInfo = {
        hasPreviousPage: start > 0,
        hasNextPage: end < all.length,
        startCursor: cursor,
        endCursor: cursor,
      };
    }
    if (list.nodes) answer.nodes = page.map((row) => this.#row(list.nodes!, row));
    if (list.edges) answer.edges = page.map((row) => ({ cursor: CURSOR, node: this.#row(list.edges!, row) }));
    return answer;
  }

  /** The page as positions in the whole list. */
  #window(type: TypeName, args: ListArguments, all: readonly Row[]): readonly [start: number, end: number] {
    let low = args.after === undefined ? 0 : this.#position(type, args.after, args.orderBy ?? [], all).following;
    let high =
      args.before === undefined ? all.length : this.#position(type, args.before, args.orderBy ?? [], all).preceding;
    high = Math.max(low, high);
    low = Math.min(low + (args.offset ?? 0), high);
    if (args.last !== undefined) return [Math.max(low, high - args.last), high];
    return [low, Math.min(high, low + (args.first ?? DEFAULT_PAGE))];
  }

  /** Where a row stands among rows in order, whether it is one of them or not. */
  #position(type: TypeName, boundary: number, orderBy: readonly Order[], all: readonly Row[]) {
    const of = table(type);
    const ranks = this.#ranksOf(of, orderBy);
    const at = ranks.get(keyOf(of, this.#rows[type][boundary]!))!;
    return {
      preceding: all.filter((row) => ranks.get(keyOf(of, row))! < at).length,
      following: all.filter((row) => ranks.get(keyOf(of, row))! <= at).length,
    };
  }

  /** The place of every row of a table in an order, by key. */
  #ranksOf(of: Table, orderBy: readonly Order[]): ReadonlyMap<string, number> {
    const name = JSON.stringify([of.type, orderBy]);
    let ranks = this.#ranks.get(name);
    if (!ranks) {
      const ordered = this.#select(of.type, [], {}, orderBy);
      ranks = new Map(ordered.map((row, index) => [keyOf(of, row), index]));
      this.#ranks.set(name, ranks);
    }
    return ranks;
  }

  #select(type: TypeName, match: Match, where: Where, orderBy: readonly Order[]): Row[] {
    const of = table(type);
    const values: (string | number)[] = [];
    const bind = (value: unknown) => {
      values.push(value as string | number);
      return '?';
    };
    const matches = match.map(([column, value]) => (value === null ? '0' : `${column} = ${bind(value)}`));
    const condition = [...matches, whereToSql(of, where, bind)].join(' AND ');
    const order = [...orderBy.map((term) => orderToSql(of, term)), ...primaryKey(of)].join(', ');
    return this.#db.prepare(`SELECT * FROM ${of.sql} WHERE ${condition} ORDER BY ${order}`).all(...values) as Row[];
  }
}

/** The product's opaque ids by row. */
export class NodeIds {
  readonly #ids = new Map<string, string>();

  set(type: TypeName, row: Row, nodeId: string): void {
    this.#ids.set(`${type} ${keyOf(table(type), row)}`, nodeId);
  }

  get(type: TypeName, row: Row): string | undefined {
    return this.#ids.get(`${type} ${keyOf(table(type), row)}`);
  }

  /** All of them, sorted. */
  get all(): string[] {
    return [...new Set(this.#ids.values())].sort();
  }
}

/** What a lookup asks for: a key's value and the row's shard key, or a value that no row has. */
export function lookup(rows: Rows, type: TypeName, key: string, target: number) {
  const of = table(type);
  const row = rows[type][target];
  if (row !== undefined) return { value: row[sqlName(of, key)]!, shardKey: row[of.shardKey]! };
  const value = 'no such value';
  return { value, shardKey: sqlName(of, key) === of.shardKey ? value : rows.Tenant[0]!.id! };
}

class ExpectedError extends Error {}

type Match = readonly (readonly [column: string, value: string | number | null])[];

export const keyOf = (of: Table, row: Row): string => JSON.stringify(primaryKey(of).map((name) => row[name]));

const sqlName = (of: Table, field: string): string => of.columns.find(({ name }) => name === field)!.sql;

function whereToSql(of: Table, where: Where, bind: (value: unknown) => string): string {
  const terms = Object.entries(where).map(([key, value]) => {
    if (key === 'AND') return joined(value as Where[], 'AND', '1');
    if (key === 'OR') return joined(value as Where[], 'OR', '0');
    if (key === 'NOT') return `NOT (${whereToSql(of, value as Where, bind)})`;
    return columnToSql(of, key, value as Record<string, unknown>, bind);
  });
  return terms.length === 0 ? '1' : terms.map((term) => `(${term})`).join(' AND ');

  function joined(list: readonly Where[], operator: string, empty: string): string {
    return list.length === 0 ? empty : list.map((one) => `(${whereToSql(of, one, bind)})`).join(` ${operator} `);
  }
}

function columnToSql(of: Table, name: string, operators: Record<string, unknown>, bind: (value: unknown) => string) {
  const column = of.columns.find((candidate) => candidate.name === name)!;
  const stored = (value: unknown) => bind(column.kind === 'enum' ? String(value).toLowerCase() : value);
  const terms = Object.entries(operators).map(([operator, operand]) => {
    switch (operator) {
      case 'isNull':
        return operand ? `${column.sql} IS NULL` : `${column.sql} IS NOT NULL`;
      case 'in':
      case 'notIn': {
        const list = operand as readonly unknown[];
        if (list.length === 0) return operator === 'in' ? '0' : '1';
        return `${column.sql} ${operator === 'in' ? 'IN' : 'NOT IN'} (${list.map(stored).join(', ')})`;
      }
      case 'between': {
        const [low, high] = operand as readonly [unknown, unknown];
        return `${column.sql} BETWEEN ${stored(low)} AND ${stored(high)}`;
      }
      default:
        return operator in COMPARISONS
          ? `${column.sql} ${COMPARISONS[operator]} ${stored(operand)}`
          : `js_${operator}(${column.sql}, ${bind(operand)})`;
    }
  });
  return terms.length === 0 ? '1' : terms.join(' AND ');
}

/** Nulls are smallest unless the direction says otherwise. */
function orderToSql(of: Table, { path, direction }: Order): string {
  const [way, , nulls] = direction.split('_');
  return `${valueToSql(of, path, of.sql)} ${way} NULLS ${nulls ?? (way === 'ASC' ? 'FIRST' : 'LAST')}`;
}

/** What an order's path leads to from a row of `of` under an alias. */
function valueToSql(of: Table, [name, ...rest]: readonly string[], alias: string): string {
  const relation = of.relations.find((candidate) => [candidate.name, `${candidate.name}Aggregate`].includes(name!));
  if (!relation) return `${alias}.${sqlName(of, name!)}`;
  const target = table(relation.target);
  const inner = `${alias}_`;
  const [aggregate, column] = rest as [string, string | undefined];
  const value =
    relation.kind === 'one'
      ? valueToSql(target, rest, inner)
      : aggregateToSql(aggregate, column && sqlName(target, column));
  const on = relation.on.map(([from, to]) => `${inner}.${to} = ${alias}.${from}`).join(' AND ');
  return `(SELECT ${value} FROM ${target.sql} ${inner} WHERE ${on})`;
}

const aggregateToSql = (aggregate: string, column: string | undefined): string =>
  aggregate === 'countDistinct' ? `count(DISTINCT ${column})` : `${aggregate}(${column ?? '*'})`;
