/**
 * SQL of the rows of a plan: stored and computed columns, related rows, and what keeps a row (`filter-sql.ts`). One class,
 * since related rows are rows.
 */
import { getOrInsert } from '../../../../lib/get-or-insert.ts';
import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { AggregateColumn, ComputedColumn, RelatedColumn } from '../../../plan/computed.ts';
import { isNull, type TextFilter } from '../../../plan/filter.ts';
import type { RelatedRows, Source } from '../../../plan/source.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { CompiledSearch } from '../compile/compiled-search.ts';
import { fansOut, isUniqueOn, leadsToMany, type Visits, visitsOf } from '../compile/fan-out.ts';
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
import { groupedAggregate, isAmong, type UncorrelatedRow } from './uncorrelated-sql.ts';
import { asTextSql, columnSql, exactWireSql, packedSql, storedToOrderedSql, storedToWireSql } from './wire-sql.ts';

/** What the rows of a statement share. */
export interface StatementParts {
  readonly parameters: Parameters;
  /** Of the node, null where it searches nothing. */
  readonly search: CompiledSearch | null;
  readonly textPredicates: ReadonlyMap<TextFilter, TextPredicate>;
  /** What confines the rows of a table to the shard keys of the node's, as far as they are known. */
  readonly shardKeyConditions: (alias: string, table: TableModel) => readonly Expression[];
  /** Common table expressions that the rows make use of, by what they select. */
  readonly cteBySelect: Map<string, string>;
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
export class RowCompiler implements UncorrelatedRow {
  readonly fields: SourceFields;
  readonly alias: string;
  readonly parameters: Parameters;
  readonly #parts: StatementParts;
  /** Number of relations between this and the node's rows. */
  readonly #level: number;
  readonly #visits: Visits;

  /** @param visits how often the statement looks at the row. */
  constructor(fields: SourceFields, alias: string, parts: StatementParts, visits: Visits, level = 0) {
    this.fields = fields;
    this.alias = alias;
    this.parameters = parts.parameters;
    this.#parts = parts;
    this.#level = level;
    this.#visits = visits;
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

  /**
   * Where a filter is true of related rows. They are looked up from the row, which ends at the first that is found, unless
   * that would multiply the work: then all such rows are found once.
   */
  exists(related: RelatedRows): Expression {
    if (this.#multiplies(related)) return isAmong(this, related);
    const { fromSql, tie, row } = this.#related(related);
    return existsIn(fromSql, and([tie, ...row.#predicatesOf(related)]));
  }

  /** The parameter that says for each text whether JavaScript has found it to match. */
  decided(filter: TextFilter): string {
    const { index } = this.#parts.textPredicates.get(filter)!;
    return this.parameters.use(`decided ${index}`, (scope) => scope.decided[index]!);
  }

  cte(select: string): string {
    return getOrInsert(this.#parts.cteBySelect, select, () => `_g${this.#parts.cteBySelect.size}`);
  }

  inner(rows: Source): RowCompiler {
    return this.#inner(this.fields.of(rows), 'f', 'once');
  }

  /** All rows of a source that the node's can be related to: of its shard keys, as far as they are known. */
  keptOf(source: Source): Expression[] {
    return [...this.#parts.shardKeyConditions(this.alias, this.fields.table), ...this.#predicatesOf(source)];
  }

  columnsSql(names: readonly string[], keeps: (field: StoredField) => boolean = () => true): string[] {
    return fieldsOf(this.fields.table, names)
      .filter(keeps)
      .map((field) => columnSql(this.alias, field));
  }

  /** What an aggregate does with the values `v` of related rows, of which this is one. */
  aggregated({ function: name, column }: AggregateColumn): {
    readonly result: Expression;
    readonly value: Expression;
  } {
    if (column === null) return { result: aggregateResult('count', 'count(*)'), value: expression('1', 1) };
    const field = this.fields.field(column);
    const stored = this.value(field);
    const value = enclosing([stored], storedToOrderedSql(stored.sql, field), ORDERED_DEPTH);
    return { result: aggregateResult(name, aggregateFunctionSql(name, field)), value };
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
    if (this.#repeatsMany(column.related)) return groupedAggregate(this, column);
    const { fromSql, conditions, row } = this.#source(column.related);
    const { result, value } = row.aggregated(column);
    return subquery(result, value, [fromSql], conditions);
  }

  /** Looking related rows up from each row would look at the same many again and again: at them, or at those they lead to. */
  #multiplies(related: RelatedRows): boolean {
    const target = this.fields.of(related);
    if (this.#repeatsMany(related)) return true;
    return visitsOf(this.#visits, this.fields, related, target) === 'often' && fansOut(related, target);
  }

  #repeatsMany(related: RelatedRows): boolean {
    const { from, through } = related;
    if (this.#visits !== 'often' && (through !== null || this.#keysAreDistinct(from))) return false;
    return leadsToMany(this.fields.of(related), related);
  }

  /** No two of the rows that the statement looks at have the same values in these columns. */
  #keysAreDistinct(columns: readonly string[]): boolean {
    return (
      this.#visits === 'one' || (this.#visits === 'once' && isUniqueOn(this.fields.table, { hiddenBy: null }, columns))
    );
  }

  #inner(fields: SourceFields, name: string, visits: Visits): RowCompiler {
    const level = this.#level + 1;
    return new RowCompiler(fields, `${name}${level}`, this.#parts, visits, level);
  }

  /** Related rows with all that keeps them. */
  #source(related: RelatedRows) {
    const { fromSql, tie, row } = this.#related(related);
    return { fromSql, row, conditions: [tie, ...row.predicatesOf(related)] };
  }

  #related(related: RelatedRows): RelatedSql {
    const target = this.fields.of(related);
    const level = this.#level + 1;
    const row = this.#inner(target, 'f', visitsOf(this.#visits, this.fields, related, target));
    const { alias } = row;
    const { table } = target;
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
    const joined = this.#inner(
      this.fields.of(join),
      'j',
      this.#keysAreDistinct(from.map(({ name }) => name)) ? 'once' : 'often',
    );
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
