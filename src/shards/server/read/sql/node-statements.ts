import { WIRE_KINDS } from '../../../../model/wire-kinds.ts';
import { ShardQLError } from '../../../errors.ts';
import { RANK_COLUMN } from '../../../plan/computed.ts';
import type { TextFilter } from '../../../plan/filter.ts';
import type { Boundary } from '../../../plan/order.ts';
import type { PageShape } from '../../../plan/page.ts';
import type { PlanValue } from '../../../plan/value.ts';
import { limitSql, quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import type { Visits } from '../compile/fan-out.ts';
import type { Field, SourceFields } from '../compile/fields.ts';
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
  if (isReadByShardKeys(node, variant)) return rowsOfEachShardKey(node, { ...variant, eachShardKey: true });
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

const isReadByShardKeys = ({ scatterOrder }: CompiledNode, { confinement }: Variant): boolean =>
  scatterOrder?.by === 'SHARD_KEYS' && confinement !== 'one';

/**
 * A page of the rows of many shard keys. The heads, as many of the first rows of each shard key as would fill the page if all keys had the
 * same, tell which keys have rows in the page. Of those, rows are read as far as the last of the heads, where there are as many as the page has.
 */
function rowsOfEachShardKey(node: CompiledNode, variant: RowsVariant): Statement {
  const builder = new StatementBuilder(node, variant);
  const page = node.page!;
  const table = quoteName(node.table.sqlName);
  const [{ field: lead, descending }] = page.order as [OrderColumn];
  const orderSql = orderBySql(builder.row('r'), page.order, true);
  const count = builder.parameters.use(`rows ${page.limit} ${page.offset}`, ({ values }) => rowCount(page, values));
  const ofKey = (limit: string, further: readonly Expression[]) => {
    const conditions = [...builder.conditions(), ...builder.boundaryConditions(variant.fixedOrder), ...further];
    const order = page.order.filter(({ field }) => field.name !== node.table.shardKey.name);
    const plain = orderBySql(builder.row('t'), order, true);
    return `r.${ROW_ID} IN (SELECT t.${ROW_ID} FROM ${table} t ${builder.whereSql(conditions)} ORDER BY ${plain} LIMIT ${limit})`;
  };
  const share = `1 + CAST(${count} / (SELECT max(count(*), 1) FROM _shard_keys) AS INTEGER)`;
  const heads =
    `_heads AS MATERIALIZED (SELECT s.key AS key, ${builder.row('r').orderedSql(lead)} AS lead` +
    ` FROM _shard_keys s CROSS JOIN ${table} r WHERE ${ofKey(share, [])} ORDER BY ${orderSql} ${limitSql(count)})`;
  const further = isBounded(lead, descending)
    ? [withinHeads(builder.row('t').orderedSql(lead), page.order[0]!, count)]
    : [];
  return builder.statement(
    `SELECT ${columnsSql(node, builder.row('r'), false)} FROM (SELECT DISTINCT key FROM _heads) s CROSS JOIN ${table} r` +
      ` WHERE ${ofKey(`+${count}`, further)} ORDER BY ${orderSql} ${builder.limitSql()}`,
    { isRanked: false, ctes: [builder.source.shardKeysCte('_shard_keys'), heads] },
  );
}

/** No value is beyond every value that a blob can be. */
const isBounded = ({ notNull, wire }: Field, descending: boolean): boolean =>
  notNull && (descending || WIRE_KINDS[wire].wireStorage !== 'blob');

/** As far as the last of as many heads as the page has rows. A range in any case, for SQLite to end there: else it would look at all that is left. */
function withinHeads(column: string, { field, descending }: OrderColumn, count: string): Expression {
  const least = WIRE_KINDS[field.wire].wireStorage === 'text' ? "''" : '-9e999';
  const [last, all] = descending ? ['min', least] : ['max', `x'${'ff'.repeat(32)}'`];
  const bound = `SELECT CASE WHEN count(*) = +${count} THEN ${last}(lead) ELSE ${all} END FROM _heads`;
  return expression(`${column} ${descending ? '>' : '<'}= (${bound})`);
}

/** Those of a page, those that an offset leaves out, and one further row. */
const rowCount = ({ limit, offset }: PageShape, values: readonly PlanValue[]): number =>
  Number(values[limit]) + 1 + (offset === null ? 0 : Number(values[offset]));

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
  return builder.perKey(`EXISTS (SELECT 1 FROM ${builder.tableSql(near !== null)} ${builder.whereSql(conditions)})`);
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

  /** Rows that the node's are related to, under an alias of their own. */
  related(fields: SourceFields, alias: string, visits: Visits): RowCompiler {
    return new RowCompiler(fields, alias, this.#parts, visits);
  }

  /** @param inOrder as far as they are read, rows are read in the page's order. */
  tableSql(inOrder = false): string {
    const { table, index, search, scatterOrder } = this.#node;
    const ordering =
      inOrder && scatterOrder?.by === 'INDEX' && this.#variant.confinement === 'any' ? scatterOrder.name : null;
    const name = index.name ?? ordering;
    const choice = search?.findsRows ? ' NOT INDEXED' : name === null ? '' : ` INDEXED BY ${quoteName(name)}`;
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
    conditions.push(...this.boundaryConditions(fixedOrder));
    const order = remainingOrder(this.#node, this.#variant);
    return (
      ` FROM ${this.tableSql(true)} ${this.whereSql(conditions)}` +
      (order.length > 0 ? ` ORDER BY ${orderBySql(this.row('t'), order, this.#node.index.plainOrder)}` : '') +
      ` ${this.limitSql()}`
    );
  }

  /** Between the positions of a page, as far as it has any. */
  boundaryConditions(fixedOrder: boolean): Expression[] {
    const { order, fromEnd, after, before } = this.#node.page!;
    const [near, far] = fromEnd ? [before, after] : [after, before];
    return [
      ...(near ? [this.afterSql(order, near, true, fixedOrder)] : []),
      ...(far ? [this.afterSql(reverseOrder(order), far, true, fixedOrder)] : []),
    ];
  }

  /** One row more than the page holds. */
  limitSql(): string {
    const { limit, offset } = this.#node.page!;
    const most = this.parameters.use(`limit ${limit}`, ({ values }) => Number(values[limit]) + 1);
    if (offset === null) return limitSql(most);
    return `${limitSql(most)} OFFSET ${this.parameters.use(`offset ${offset}`, ({ values }) => Number(values[offset]))}`;
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
