import type { TableModel } from '../../../model/types.ts';
import type { RelatedRows } from '../../plan/source.ts';
import { quoteName, ROW_ID } from '../sql-text.ts';
import { type Expression, expression } from './expression.ts';
import { chooseIndex } from './index-choice.ts';
import type { RowContext } from './row-context.ts';
import { columnSql, fieldOf, type StoredField } from './wire-sql.ts';

/** Related rows of a row of `outer`, for a correlated subquery; a row that is reached twice comes once. */
export interface RelatedSource {
  /** What follows FROM. */
  readonly fromSql: string;
  /** What ties a row to the outer row. */
  readonly tie: Expression;
  /** A related row. */
  readonly row: RowContext;
}

export function relatedSource(related: RelatedRows, outer: RowContext): RelatedSource {
  const fields = outer.fields.related(related);
  const { table } = fields;
  const level = outer.level + 1;
  const alias = `f${level}`;
  const row: RowContext = { ...outer, fields, alias, level };
  const name = quoteName(table.sqlName);
  const { through } = related;
  if (through) return { fromSql: `${name} ${alias}`, tie: throughSql(related, through, row, outer), row };
  const pairs = pairsSql(
    fieldsOf(table, related.match),
    alias,
    fieldsOf(outer.fields.table, related.from),
    outer.alias,
  );
  const index = chooseIndex(table, related.match, []).name;
  const fromSql = `${name} ${alias}${index === null ? '' : ` INDEXED BY ${quoteName(index)}`}`;
  return { fromSql, tie: expression(pairs.join(' AND '), pairs.length + PAIR_DEPTH), row };
}

/** A comparison of two columns. */
const PAIR_DEPTH = 2;

/** As in `key-source.ts`: the join rows are found first, and IN gives a row that several of them lead to once. */
function throughSql(
  { from, match }: RelatedRows,
  through: NonNullable<RelatedRows['through']>,
  { fields, alias, level }: RowContext,
  outer: RowContext,
): Expression {
  const { table } = fields;
  const join = fields.joined(through.table);
  const [joined, reached] = [`j${level}`, `n${level}`];
  const near = pairsSql(fieldsOf(join, through.from), joined, fieldsOf(outer.fields.table, from), outer.alias);
  const far = pairsSql(fieldsOf(table, match), reached, fieldsOf(join, through.to), joined);
  const depth = near.length + far.length + PAIR_DEPTH;
  return {
    sql:
      `${alias}.${ROW_ID} IN (SELECT ${reached}.${ROW_ID} FROM ${quoteName(join.sqlName)} ${joined}` +
      ` CROSS JOIN ${quoteName(table.sqlName)} ${reached} ON ${far.join(' AND ')} WHERE ${near.join(' AND ')})`,
    depth: depth + 1,
    subqueryDepth: depth,
  };
}

const fieldsOf = (table: TableModel, names: readonly string[]): StoredField[] =>
  names.map((name) => fieldOf(table, name));

const pairsSql = (
  inner: readonly StoredField[],
  alias: string,
  outer: readonly StoredField[],
  outerAlias: string,
): string[] => inner.map((field, at) => `${columnSql(alias, field)} = ${columnSql(outerAlias, outer[at]!)}`);
