/**
 * SQL of the rows of a plan: stored and computed columns, related rows, and what keeps a row (`filter-sql.ts`). One class,
 * since related rows are rows.
 */
import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { AggregateColumn, ComputedColumn, RelatedColumn } from '../../../plan/computed.ts';
import { isNull, type TextFilter } from '../../../plan/filter.ts';
import type { RelatedRows, Source } from '../../../plan/source.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { CompiledSearch } from '../compile/compiled-search.ts';
import {
  type Field,
  fieldsOf,
  isStored,
  type SourceFields,
  type StoredField,
  VERSION_FIELD,
} from '../compile/fields.ts';
import { chooseIndex, usableIndexes } from '../compile/index-choice.ts';
import type { TextPredicate } from '../compile/text-predicates.ts';
import { aggregateFunctionSql, aggregateResult } from './aggregate-sql.ts';
import { checkDepth } from './check-depth.ts';
import { and, type Expression, enclosing, existsIn, expression, scalarOf } from './expression.ts';
import { filterSql } from './filter-sql.ts';
import { jsonSql } from './json-sql.ts';
import type { Parameters } from './parameters.ts';
import { highlightsSql, rankSql, type SearchedRow } from './search-sql.ts';
import { asTextSql, columnSql, exactWireSql, packedSql, storedToOrderedSql, storedToWireSql } from './wire-sql.ts';

/** What the rows of a statement share. */
export interface StatementParts {
  readonly parameters: Parameters;
  /** Of the node, null where it searches nothing. */
  readonly search: CompiledSearch | null;
  readonly textPredicates: ReadonlyMap<TextFilter, TextPredicate>;
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

/** Levels for what surrounds the filter: key, confinement and position. */
const RESERVED_DEPTH = 5;
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
   * What keeps a row of a source: that it is not hidden, its access rule, and its filter. Nothing else reads rows of a plan.
   *
   * @throws ShardQLError DEPTH_LIMIT_EXCEEDED
   */
  predicatesOf(source: Source): Expression[] {
    return this.#predicatesOf(source).map((term) => checkDepth(term, 'a filter', RESERVED_DEPTH));
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
    const kept = this.#predicatesOf(join);
    const pairs = rows.columns.map((field, at) => `${columnSql(reached, field)} = ${columnSql(this.alias, to[at]!)}`);
    const where = [...near, ...kept.map(({ sql }) => sql)].join(' AND ');
    const name = quoteName(this.fields.table.sqlName);
    const sql =
      `${rows.alias}.${ROW_ID} IN (SELECT ${reached}.${ROW_ID} FROM ${name} ${this.alias}` +
      ` CROSS JOIN ${quoteName(rows.table.sqlName)} ${reached} ON ${pairs.join(' AND ')} WHERE ${where})`;
    return { sql, kept };
  }

  /** Where a filter is true of related rows. */
  exists(related: RelatedRows): Expression {
    const { fromSql, tie, row } = this.#related(related);
    return existsIn(fromSql, and([tie, ...row.#predicatesOf(related)]));
  }

  /** The parameter that says for each text whether JavaScript has found it to match. */
  decided(filter: TextFilter): string {
    const { index } = this.#parts.textPredicates.get(filter)!;
    return this.parameters.use(`decided ${index}`, (scope) => scope.decided[index]!);
  }

  #predicatesOf({ access, hiddenBy, filter }: Source): Expression[] {
    const shown = hiddenBy ? isNull(hiddenBy) : null;
    return [shown, access, filter].flatMap((term) => (term ? [filterSql(term, this)] : []));
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
    return { fromSql, row, conditions: [tie, ...row.predicatesOf(related)] };
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
    const index = chooseIndex(usableIndexes(table, related), related.match, []).name;
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
  const within = and(inner);
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
  checkDepth(scalarOf(result, value, tables.join(' CROSS JOIN '), and(conditions)), 'an order or a filter');

const pairsSql = (
  inner: readonly StoredField[],
  alias: string,
  outer: readonly StoredField[],
  outerAlias: string,
): string[] => inner.map((field, at) => `${columnSql(alias, field)} = ${columnSql(outerAlias, outer[at]!)}`);
