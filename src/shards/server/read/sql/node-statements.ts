import { ShardQLError } from '../../../errors.ts';
import { RANK_COLUMN } from '../../../plan/computed.ts';
import type { TextFilter } from '../../../plan/filter.ts';
import type { Boundary } from '../../../plan/order.ts';
import { limitSql, quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import type { Visits } from '../compile/fan-out.ts';
import type { SourceFields } from '../compile/fields.ts';
import { type OrderColumn, reverseOrder } from '../compile/order.ts';
import type { TextPredicate } from '../compile/text-predicates.ts';
import { checkDepth } from './check-depth.ts';
import { and, type Expression, expression, PATTERN_DEPTH } from './expression.ts';
import { KeySource, type Variant } from './key-source.ts';
import { afterSql, orderBySql } from './keyset.ts';
import { Parameters } from './parameters.ts';
import { RowCompiler, type StatementParts } from './row-compiler.ts';
import { foundRowsSql, isFoundSql } from './search-sql.ts';
import { type Statement, statement } from './statement.ts';
import { undecidedSql } from './text-sql.ts';

export interface RowsVariant extends Variant {
  /** All keys hold the boundaries' values in the order columns that they fix: only the other columns count. */
  readonly fixedOrder: boolean;
}

/**
 * The rows of all keys in the page's order, one more than the page holds; with several keys, the index of its key is
 * the last value of each row.
 *
 * Pages of several keys are read by a correlated `rowid IN (SELECT … ORDER BY … LIMIT …)` per key. Measured in workerd
 * against ROW_NUMBER() windows: 0.3 against 11–18 ms for the first rows of 20 keys that match 500 rows each, since a
 * window reads all rows of a key; equal to windows where keys match few rows.
 *
 * @param asJson all rows as one JSON text, of several keys: see `CompiledNode.jsonRows`.
 */
export function rowsStatement(node: CompiledNode, variant: RowsVariant, asJson = false): Statement {
  const builder = new StatementBuilder(node, variant);
  const keys = builder.source.keysSql();
  if (keys === null && !node.search?.readsHighlights) {
    const select = node.page?.distinct ? 'SELECT DISTINCT' : 'SELECT';
    return builder.statement(
      `${select} ${columnsSql(node, builder.row('t'), false)}${builder.pageSql(variant.fixedOrder)}`,
    );
  }
  if (keys !== null && node.page?.distinct) {
    throw new ShardQLError('BAD_USER_INPUT', 'Expected one key with a page of distinct rows, but got several.');
  }
  if (keys !== null && node.unique && node.page === null) {
    const where = builder.whereSql(builder.conditions());
    const rows = asJson ? jsonRowsSql(node, builder.row('t')) : columnsSql(node, builder.row('t'), true);
    return builder.statement(`SELECT ${rows} FROM ${keys} CROSS JOIN ${builder.tableSql()} ${where}`);
  }
  const table = quoteName(node.table.sqlName);
  const order = remainingOrder(node, variant);
  const orderBy = [
    ...(keys === null ? [] : ['k.key']),
    ...(order.length === 0 ? [] : [orderBySql(builder.row('r'), order, true)]),
  ];
  const orderSql = orderBy.length > 0 ? ` ORDER BY ${orderBy.join(', ')}` : '';
  const rows = asJson
    ? jsonRowsSql(node, builder.row('r'), orderSql)
    : columnsSql(node, builder.row('r'), keys !== null);
  return builder.statement(
    `SELECT ${rows} FROM ${keys === null ? '' : `${keys} CROSS JOIN `}${table} r` +
      ` WHERE r.${ROW_ID} IN (SELECT t.${ROW_ID}${builder.pageSql(variant.fixedOrder)})` +
      (asJson ? '' : orderSql),
  );
}

/** Per key: its index (several keys only) and how many rows match key and filter. */
export function countStatement(node: CompiledNode, variant: Variant): Statement {
  const builder = new StatementBuilder(node, variant);
  return builder.perKey(
    `(SELECT count(*) FROM ${builder.tableSql()} ${builder.whereSql(builder.conditions())})`,
    UNRANKED,
  );
}

/** Per key: its index (several keys only) and whether rows lie before the page's near end. */
export function probeStatement(node: CompiledNode, variant: RowsVariant): Statement {
  const builder = new StatementBuilder(node, variant);
  const page = node.page!;
  const near = page.fromEnd ? page.before : page.after;
  const conditions = builder.conditions();
  if (near) conditions.push(builder.afterSql(reverseOrder(page.order), near, false, variant.fixedOrder));
  return builder.perKey(`EXISTS (SELECT 1 FROM ${builder.tableSql()} ${builder.whereSql(conditions)})`);
}

/**
 * The column values that JavaScript has to decide a text filter for. May give a value more than once, and, for filters on
 * related rows, values of rows that none of the node's is related to: all that have a shard key of the keys.
 */
export function undecidedStatement(
  node: CompiledNode,
  variant: Variant,
  filter: TextFilter,
  { fields, isOnRelated }: TextPredicate,
): Statement {
  const builder = new StatementBuilder(node, variant);
  const column = builder.row('t', fields).textSql(fields.field(filter.column));
  const undecided = undecidedSql({
    operator: filter.op,
    value: filter.value,
    column,
    parameters: builder.parameters,
  });
  if (isOnRelated) {
    const where = builder.whereSql([
      ...builder.source.shardKeyConditions('t', fields.table),
      expression(undecided!, PATTERN_DEPTH),
    ]);
    return builder.statement(`SELECT ${column} FROM ${quoteName(fields.table.sqlName)} t ${where}`);
  }
  const keys = builder.source.keysSql();
  const where = builder.whereSql([...builder.keyConditions(), expression(undecided!, PATTERN_DEPTH)]);
  return builder.statement(
    `SELECT ${column} FROM ${keys === null ? '' : `${keys} CROSS JOIN `}${builder.tableSql()} ${where}`,
  );
}

/** What a statement needs besides its text. */
interface Surroundings {
  /** The ranks of a search, if there is one: they cost several times what finding its rows does. */
  readonly isRanked: boolean;
  /** Common table expressions: `name AS (…)`. */
  readonly ctes: readonly string[];
}

const RANKED: Surroundings = { isRanked: true, ctes: [] };
export const UNRANKED: Surroundings = { isRanked: false, ctes: [] };

/** The parts that the statements of a node share. */
export class StatementBuilder {
  readonly parameters = new Parameters();
  readonly source: KeySource;
  readonly #node: CompiledNode;
  readonly #variant: Variant;
  readonly #parts: StatementParts;

  constructor(node: CompiledNode, variant: Variant) {
    const { search, textPredicates } = node;
    this.#node = node;
    this.#variant = variant;
    this.#parts = {
      parameters: this.parameters,
      search,
      textPredicates,
      shardKeyConditions: (alias, table) => this.source.shardKeyConditions(alias, table),
      cteBySelect: new Map(),
    };
    this.source = new KeySource(node, variant, this.#parts);
  }

  /** The node's rows, or others, under an alias. */
  row(alias: string, fields: SourceFields = this.#node.fields): RowCompiler {
    return new RowCompiler(fields, alias, this.#parts, visitsOfRows(this.#node, this.#variant));
  }

  tableSql(): string {
    const { table, index, search } = this.#node;
    const choice = search?.findsRows
      ? ' NOT INDEXED'
      : index.name === null
        ? ''
        : ` INDEXED BY ${quoteName(index.name)}`;
    return `${quoteName(table.sqlName)} t${choice}`;
  }

  /** Key, confinement, visibility and search. */
  keyConditions(): Expression[] {
    const conditions = this.source.conditions('t');
    if (this.#node.search) conditions.push(isFoundSql(this.row('t')));
    return conditions;
  }

  /** Those, the access rule and the filter. */
  conditions(): Expression[] {
    return [...this.keyConditions(), ...this.row('t').predicatesOf(this.#node.plan)];
  }

  afterSql(order: readonly OrderColumn[], boundary: Boundary, strict: boolean, fixedOrder: boolean): Expression {
    const kept = order.flatMap((_, at) => (fixedOrder && isFixed(this.#node, this.#variant, order[at]!) ? [] : [at]));
    return afterSql(
      kept.map((at) => order[at]!),
      kept.map((at) => boundary[at]!),
      strict,
      this.row('t'),
    );
  }

  /** From FROM to LIMIT: a page of one key, or the rows of a to-one key up to the first that makes it ambiguous. */
  pageSql(fixedOrder: boolean): string {
    const { page } = this.#node;
    const conditions = this.conditions();
    if (page === null) return ` FROM ${this.tableSql()} ${this.whereSql(conditions)} LIMIT 2`;
    const [near, far] = page.fromEnd ? [page.before, page.after] : [page.after, page.before];
    if (near) conditions.push(this.afterSql(page.order, near, true, fixedOrder));
    if (far) conditions.push(this.afterSql(reverseOrder(page.order), far, true, fixedOrder));
    const order = remainingOrder(this.#node, this.#variant);
    const limit = this.parameters.use(`limit ${page.limit}`, ({ values }) => Number(values[page.limit]) + 1);
    const { offset } = page;
    return (
      ` FROM ${this.tableSql()} ${this.whereSql(conditions)}` +
      (order.length > 0 ? ` ORDER BY ${orderBySql(this.row('t'), order, this.#node.index.plainOrder)}` : '') +
      ` ${limitSql(limit)}` +
      (offset === null
        ? ''
        : ` OFFSET ${this.parameters.use(`offset ${offset}`, ({ values }) => Number(values[offset]))}`)
    );
  }

  whereSql(conditions: readonly Expression[]): string {
    return `WHERE ${checkDepth(and(conditions), 'a filter and an order').sql}`;
  }

  /** `scalar` is no subquery of a subquery: SQLite would count the depth of its conditions once more. */
  perKey(scalar: string, surroundings?: Surroundings): Statement {
    const keys = this.source.keysSql();
    return this.statement(keys === null ? `SELECT ${scalar}` : `SELECT k.key, ${scalar} FROM ${keys}`, surroundings);
  }

  statement(sql: string, { isRanked, ctes }: Surroundings = RANKED): Statement {
    const { search, fields } = this.#node;
    const found =
      search === null ? [] : [foundRowsSql(this.row('t').searched, isRanked && fields.computes(RANK_COLUMN))];
    // Materialized, since SQLite might else work them out for each row that makes use of them.
    const shared = [...this.#parts.cteBySelect].map(([select, name]) => `${name} AS MATERIALIZED (${select})`);
    const all = [...found, ...shared, ...ctes];
    return statement(`${all.length > 0 ? `WITH ${all.join(', ')} ` : ''}${sql}`, this.parameters);
  }
}

function visitsOfRows({ page, unique, through }: CompiledNode, { varying }: Variant): Visits {
  if (varying.length > 0) return through === null ? 'once' : 'often';
  return page === null && unique ? 'one' : 'once';
}

/** Columns that are equal in all rows of a key need no ordering. */
const remainingOrder = (node: CompiledNode, variant: Variant): OrderColumn[] =>
  (node.page?.order ?? []).filter((column) => !isFixed(node, variant, column));

const isFixed = (node: CompiledNode, { confinement }: Variant, { field }: OrderColumn): boolean =>
  (node.through === null && node.match.some(({ name }) => name === field.name)) ||
  (confinement === 'one' && field.name === node.table.shardKey.name);

function columnsSql(node: CompiledNode, row: RowCompiler, keyed: boolean): string {
  const columns = node.columns.map((field) => row.wireSql(field));
  if (keyed) columns.push('k.key');
  return columns.length > 0 ? columns.join(', ') : 'NULL';
}

/** Rows as one JSON text, in this order. */
const jsonRowsSql = (node: CompiledNode, row: RowCompiler, orderBy = ''): string =>
  `json_group_array(json_array(${columnsSql(node, row, true)})${orderBy})`;
