import type { Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { RelatedRows } from '../../plan.ts';
import { quoteName } from '../sql-text.ts';
import { type Expression, expression } from './expression.ts';
import { chooseIndex } from './index-choice.ts';
import { rowIdName } from './key-source.ts';
import { columnSql, type Field, fieldOf } from './wire-sql.ts';

/** Where names of columns stand for columns of SQL: a table under an alias, at some depth of subqueries. */
export interface RowScope {
  readonly model: Model;
  readonly table: TableModel;
  readonly alias: string;
  /** Number of relations between this and the node's rows. */
  readonly level: number;
}

/** Related rows of a row of `outer`, for a correlated subquery; a row that is reached twice comes once. */
export interface RelatedSource {
  /** What follows FROM. */
  readonly fromSql: string;
  /** What ties a row to the outer row. */
  readonly tie: Expression;
  readonly scope: RowScope;
}

export function relatedSource(related: RelatedRows, outer: RowScope): RelatedSource {
  const { model } = outer;
  const table = tableOf(model, related.table);
  const level = outer.level + 1;
  const alias = `f${level}`;
  const scope: RowScope = { model, table, alias, level };
  const name = quoteName(table.sqlName);
  const { through } = related;
  if (through) return { fromSql: `${name} ${alias}`, tie: throughSql(related, through, scope, outer), scope };
  const pairs = pairsSql(fieldsOf(table, related.match), alias, fieldsOf(outer.table, related.from), outer.alias);
  const index = chooseIndex(table, related.match, []).name;
  const fromSql = `${name} ${alias}${index === null ? '' : ` INDEXED BY ${quoteName(index)}`}`;
  return { fromSql, tie: expression(pairs.join(' AND '), pairs.length + PAIR_DEPTH), scope };
}

export function tableOf(model: Model, type: string): TableModel {
  const table = model.tableByType.get(type);
  if (table) return table;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a table of the model, but got ${JSON.stringify(type)}.`);
}

/** A comparison of two columns. */
const PAIR_DEPTH = 2;

/** As in `key-source.ts`: the join rows are found first, and IN gives a row that several of them lead to once. */
function throughSql(
  { from, match }: RelatedRows,
  through: NonNullable<RelatedRows['through']>,
  { model, table, alias, level }: RowScope,
  outer: RowScope,
): Expression {
  const join = tableOf(model, through.table);
  const [joined, reached] = [`j${level}`, `n${level}`];
  const near = pairsSql(fieldsOf(join, through.from), joined, fieldsOf(outer.table, from), outer.alias);
  const far = pairsSql(fieldsOf(table, match), reached, fieldsOf(join, through.to), joined);
  const rowId = rowIdName(table);
  const depth = near.length + far.length + PAIR_DEPTH;
  return {
    sql:
      `${alias}.${rowId} IN (SELECT ${reached}.${rowId} FROM ${quoteName(join.sqlName)} ${joined}` +
      ` CROSS JOIN ${quoteName(table.sqlName)} ${reached} ON ${far.join(' AND ')} WHERE ${near.join(' AND ')})`,
    depth: depth + 1,
    subqueryDepth: depth,
  };
}

const fieldsOf = (table: TableModel, names: readonly string[]): Field[] => names.map((name) => fieldOf(table, name));

const pairsSql = (inner: readonly Field[], alias: string, outer: readonly Field[], outerAlias: string): string[] =>
  inner.map((field, at) => `${columnSql(alias, field)} = ${columnSql(outerAlias, outer[at]!)}`);
