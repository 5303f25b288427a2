/**
 * SQL of what a plan says of rows: columns, filters, related rows. One class, since these hold each other; what they are
 * made of lies in the files below it.
 */
import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { AggregateColumn, ComputedColumn, RelatedColumn } from '../../../plan/computed.ts';
import type { Filter, TextFilter } from '../../../plan/filter.ts';
import type { RelatedRows, Source } from '../../../plan/source.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { CompiledSearch } from '../compile/compiled-search.ts';
import { type Decision, isTextFilter } from '../compile/decisions.ts';
import {
  type Field,
  fieldsOf,
  isStored,
  type SourceFields,
  type StoredField,
  VERSION_FIELD,
} from '../compile/fields.ts';
import { chooseIndex } from '../compile/index-choice.ts';
import { aggregateFunctionSql, aggregateResult } from './aggregate-sql.ts';
import { checkDepth } from './check-depth.ts';
import { allOf, anyOf, type Expression, enclosing, existsIn, expression, isTrue, not, scalarOf } from './expression.ts';
import { jsonSql } from './json-sql.ts';
import type { Parameters } from './parameters.ts';
import { highlightsSql, rankSql, type SearchedRow } from './search-sql.ts';
import { predicateDepth, textPredicateSql } from './text-sql.ts';
import {
  asTextSql,
  bindOrdered,
  bindValue,
  columnSql,
  exactWireSql,
  packedSql,
  storedSql,
  storedToOrderedSql,
  storedToWireSql,
} from './wire-sql.ts';

/** What the rows of a statement share. */
export interface StatementParts {
  readonly parameters: Parameters;
  /** Of the node, null where it searches nothing. */
  readonly search: CompiledSearch | null;
  readonly decisions: ReadonlyMap<TextFilter, Decision>;
}

/** Related rows of a row, for a correlated subquery; a row that is reached twice comes once. */
interface RelatedSql {
  /** What follows FROM. */
  readonly fromSql: string;
  /** What ties a row to the outer row. */
  readonly tie: Expression;
  /** A related row. */
  readonly row: RowCompiler;
}

/** What compares one column. */
type Condition = Extract<Filter, { readonly column: string }>;

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Levels for what surrounds the filter: key, confinement and position. */
const RESERVED_DEPTH = 5;
/** Comparisons with casts on both sides, and parameters that are parts of another. */
const CONDITION_DEPTH = 4;
/** Besides one level per column that may be NULL. */
const KEYS_DEPTH = 6;
/** A comparison of two columns. */
const PAIR_DEPTH = 2;
/** A column and its cast. */
const ORDERED_DEPTH = 2;

/** A row as expressions see it: where names of columns stand for columns of SQL, at some depth of subqueries. */
export class RowCompiler {
  readonly fields: SourceFields;
  readonly alias: string;
  readonly parameters: Parameters;
  readonly #parts: StatementParts;
  /** Number of relations between this and the node's rows. */
  readonly #level: number;

  constructor(fields: SourceFields, alias: string, parts: StatementParts, level = 0) {
    this.fields = fields;
    this.alias = alias;
    this.parameters = parts.parameters;
    this.#parts = parts;
    this.#level = level;
  }

  /** The value as it is stored. The depth of a plain column is counted by those who compare it. */
  value(field: Field): Expression {
    if (isStored(field)) return expression(columnSql(this.alias, field), 0);
    if ('computed' in field) return this.#computed(field.computed);
    return field.raw === null ? expression('NULL', 1) : expression(packedSql(columnSql(this.alias, field.raw)));
  }

  /**
   * Expression whose result is the wire value (decimals: a number, see `decimalToWire`, or the text of one that no double
   * holds). NULL stays NULL.
   */
  wireSql(field: Field): string {
    const { sql } = this.value(field);
    return isStored(field) && field !== VERSION_FIELD ? exactWireSql(sql, field) : storedToWireSql(sql, field);
  }

  /** The column as it orders: by number for bigints in blobs, else as stored. */
  orderedSql(field: Field): string {
    return storedToOrderedSql(this.value(field).sql, field);
  }

  /** The column as text, for the text operators. */
  textSql(field: Field): string {
    return asTextSql(this.value(field).sql, field);
  }

  /** The row by which a search finds it. Related rows are not searched. */
  get searched(): SearchedRow {
    const { search, parameters } = this.#parts;
    if (search && this.#level === 0) return { table: this.fields.table, alias: this.alias, search, parameters };
    throw new ShardQLError(
      'BAD_USER_INPUT',
      'Expected ranks and highlights of rows that are searched, but got others.',
    );
  }

  /**
   * What keeps a row of a source: its access rule, and its filter. Nothing else reads rows of a plan.
   *
   * @throws ShardQLError DEPTH_LIMIT_EXCEEDED
   */
  kept(source: Source): Expression[] {
    return this.#kept(source).map((term) => checkDepth(term, 'a filter', RESERVED_DEPTH));
  }

  /**
   * The join rows that lead to rows of a table, as a condition on those. IN gives a row that several of them lead to once.
   *
   * @param reached alias of the rows; `near` tells the join rows, `to` pairs with the rows' columns.
   */
  reachedThrough(
    rows: { readonly alias: string; readonly table: TableModel; readonly columns: readonly StoredField[] },
    join: Source,
    to: readonly StoredField[],
    near: readonly string[],
    reached: string,
  ): { readonly sql: string; readonly kept: readonly Expression[] } {
    const kept = this.#kept(join);
    const pairs = rows.columns.map((field, at) => `${columnSql(reached, field)} = ${columnSql(this.alias, to[at]!)}`);
    const where = [...near, ...kept.map(({ sql }) => sql)].join(' AND ');
    const name = quoteName(this.fields.table.sqlName);
    const sql =
      `${rows.alias}.${ROW_ID} IN (SELECT ${reached}.${ROW_ID} FROM ${name} ${this.alias}` +
      ` CROSS JOIN ${quoteName(rows.table.sqlName)} ${reached} ON ${pairs.join(' AND ')} WHERE ${where})`;
    return { sql, kept };
  }

  /** Three-valued, as SQL's. */
  #filter(filter: Filter): Expression {
    switch (filter.op) {
      case 'and':
        return allOf(filter.terms.map((term) => this.#filter(term)));
      case 'or':
        return anyOf(filter.terms.map((term) => this.#filter(term)));
      case 'not':
        return not(this.#filter(filter.term));
      case 'isTrue':
        return isTrue(this.#filter(filter.term));
      case 'exists':
        return this.#exists(filter.related);
      case 'inKeys':
        return this.#inKeys(filter);
      case 'contains':
      case 'startsWith':
      case 'endsWith':
      case 'like':
      case 'ieq':
      case 'icontains':
      case 'istartsWith':
      case 'iendsWith':
      case 'ilike':
      case 'isNull':
      case 'eq':
      case 'ne':
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
      case 'between':
      case 'in':
      case 'notIn': {
        const field = this.fields.field(filter.column);
        const depth = isTextFilter(filter) ? predicateDepth(filter.op) : CONDITION_DEPTH;
        return enclosing([this.value(field)], `(${this.#condition(filter, field)})`, depth);
      }
      default:
        return filter satisfies never;
    }
  }

  #condition(filter: Condition, field: Field): string {
    const { parameters } = this;
    const column = this.value(field).sql;
    switch (filter.op) {
      case 'isNull':
        return `${column} IS ${filter.isNull ? '' : 'NOT '}NULL`;
      case 'eq':
      case 'ne':
        return `${column} ${COMPARISONS[filter.op]} ${storedSql(field.wire, bindValue(filter.value, parameters))}`;
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        return `${this.orderedSql(field)} ${COMPARISONS[filter.op]} ${bindOrdered(filter.value, field, parameters)}`;
      case 'between': {
        const low = bindOrdered(filter.low, field, parameters);
        return `${this.orderedSql(field)} BETWEEN ${low} AND ${bindOrdered(filter.high, field, parameters)}`;
      }
      case 'in':
      case 'notIn': {
        const list = parameters.use(`list ${filter.list}`, (scope) => JSON.stringify(scope.values[filter.list]));
        const operator = filter.op === 'in' ? 'IN' : 'NOT IN';
        return `${column} ${operator} (SELECT ${storedSql(field.wire, 'value')} FROM json_each(${list}))`;
      }
      case 'contains':
      case 'startsWith':
      case 'endsWith':
      case 'like':
      case 'ieq':
      case 'icontains':
      case 'istartsWith':
      case 'iendsWith':
      case 'ilike': {
        const { op: operator, value } = filter;
        return textPredicateSql({ operator, value, column: this.textSql(field), parameters }, () => {
          const { index } = this.#parts.decisions.get(filter)!;
          return parameters.use(`decided ${index}`, (scope) => scope.decided[index]!);
        });
      }
      default:
        return filter satisfies never;
    }
  }

  #exists(related: RelatedRows): Expression {
    const { fromSql, tie, row } = this.#related(related);
    return existsIn(fromSql, allOf([tie, ...row.#kept(related)]));
  }

  /** A row value with a NULL in it is in no list, but SQL may say that it does not know. */
  #inKeys({ columns, list }: Extract<Filter, { readonly op: 'inKeys' }>): Expression {
    const fields = columns.map((name) => this.fields.field(name));
    const keys = this.parameters.use(`list ${list}`, ({ values }) => JSON.stringify(values[list]));
    const parts = fields.map(({ wire }, at) => storedSql(wire, `(value ->> ${at})`)).join(', ');
    const values = fields.map((field) => this.value(field));
    const columnsSql = values.map(({ sql }) => sql);
    const given = columnsSql.filter((_, at) => !fields[at]!.notNull).map((column) => ` AND ${column} IS NOT NULL`);
    const tuple = columnsSql.length === 1 ? columnsSql[0]! : `(${columnsSql.join(', ')})`;
    const sql = `(${tuple} IN (SELECT ${parts} FROM json_each(${keys}))${given.join('')})`;
    return enclosing(values, sql, columns.length + KEYS_DEPTH);
  }

  #kept({ access, filter }: Source): Expression[] {
    return [access, filter].flatMap((term) => (term ? [this.#filter(term)] : []));
  }

  /** A computed column: a scalar subquery, evaluated wherever it stands. */
  #computed(column: ComputedColumn): Expression {
    switch (column.kind) {
      case 'related':
        return this.#relatedValue(column);
      case 'aggregate':
        return this.#aggregate(column);
      case 'json': {
        const field = this.fields.field(column.column);
        const value = this.value(field);
        return jsonSql(column, { ...value, sql: asTextSql(value.sql, field) }, this.parameters);
      }
      case 'rank':
        return rankSql(this.searched);
      case 'highlights':
        return highlightsSql(this.searched);
      default:
        return column satisfies never;
    }
  }

  /** To-one steps in a row become one join: nested subqueries would soon be too deep for SQLite. */
  #relatedValue(column: RelatedColumn): Expression {
    const tables: string[] = [];
    const conditions: Expression[] = [];
    let step = column;
    let row: RowCompiler = this;
    for (;;) {
      const source = row.#source(step.related);
      row = source.row;
      tables.push(source.fromSql);
      conditions.push(...source.conditions);
      const { column: name, related } = step;
      const next = related.computed.find((computed) => computed.name === name);
      if (next?.kind !== 'related') break;
      step = next;
    }
    return subquery(expression('v', 1), row.value(row.fields.field(step.column)), tables, conditions);
  }

  #aggregate(column: AggregateColumn): Expression {
    const { fromSql, conditions, row } = this.#source(column.related);
    if (column.column === null)
      return subquery(aggregateResult('count', 'count(*)'), expression('1', 1), [fromSql], conditions);
    const field = row.fields.field(column.column);
    const stored = row.value(field);
    const value = enclosing([stored], storedToOrderedSql(stored.sql, field), ORDERED_DEPTH);
    const result = aggregateResult(column.function, aggregateFunctionSql(column.function, field));
    return subquery(result, value, [fromSql], conditions);
  }

  /** Related rows with all that keeps them. */
  #source(related: RelatedRows) {
    const { fromSql, tie, row } = this.#related(related);
    return { fromSql, row, conditions: [tie, ...row.kept(related)] };
  }

  #related(related: RelatedRows): RelatedSql {
    const level = this.#level + 1;
    const alias = `f${level}`;
    const row = new RowCompiler(this.fields.of(related), alias, this.#parts, level);
    const { table } = row.fields;
    const name = quoteName(table.sqlName);
    const from = fieldsOf(this.fields.table, related.from);
    if (related.through) return { fromSql: `${name} ${alias}`, tie: this.#through(related, row, from, level), row };
    const pairs = pairsSql(fieldsOf(table, related.match), alias, from, this.alias);
    const index = chooseIndex(table, related.match, []).name;
    const fromSql = `${name} ${alias}${index === null ? '' : ` INDEXED BY ${quoteName(index)}`}`;
    return { fromSql, tie: expression(pairs.join(' AND '), pairs.length + PAIR_DEPTH), row };
  }

  /** As for keys: the join rows are found first. */
  #through({ match, through }: RelatedRows, row: RowCompiler, from: readonly StoredField[], level: number): Expression {
    const join = through!;
    const joined = new RowCompiler(this.fields.of(join), `j${level}`, this.#parts, level);
    const { table } = row.fields;
    const near = pairsSql(fieldsOf(joined.fields.table, join.from), joined.alias, from, this.alias);
    const columns = fieldsOf(table, match);
    const to = fieldsOf(joined.fields.table, join.to);
    const { sql, kept } = joined.reachedThrough({ alias: row.alias, table, columns }, join, to, near, `n${level}`);
    const depth = near.length + columns.length + PAIR_DEPTH;
    return deepened({ sql, depth: depth + 1, subqueryDepth: depth }, kept);
  }
}

/** An expression with others inside of its subquery. */
export function deepened(outer: Expression, inner: readonly Expression[]): Expression {
  if (inner.length === 0) return outer;
  const within = allOf(inner);
  return {
    sql: outer.sql,
    depth: outer.depth + within.depth,
    subqueryDepth: outer.subqueryDepth + within.depth + within.subqueryDepth,
  };
}

const subquery = (
  result: Expression,
  value: Expression,
  tables: readonly string[],
  conditions: readonly Expression[],
): Expression =>
  checkDepth(scalarOf(result, value, tables.join(' CROSS JOIN '), allOf(conditions)), 'an order or a filter');

const pairsSql = (
  inner: readonly StoredField[],
  alias: string,
  outer: readonly StoredField[],
  outerAlias: string,
): string[] => inner.map((field, at) => `${columnSql(alias, field)} = ${columnSql(outerAlias, outer[at]!)}`);
