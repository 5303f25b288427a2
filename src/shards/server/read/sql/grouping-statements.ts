import { MAX_GROUPS } from '../../../plan/aggregate.ts';
import type {
  CompiledGrouping,
  CompiledGroupKey,
  InlineMeasure,
  SeparateMeasure,
} from '../compile/compiled-grouping.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import type { Variant } from './key-source.ts';
import { measureSql } from './measure-sql.ts';
import { isNoNumberSql } from './misfit-sql.ts';
import { StatementBuilder, UNRANKED } from './node-statements.ts';
import type { Parameters } from './parameters.ts';
import { bucketSql, periodOrMisfitSql } from './period-sql.ts';
import type { Statement } from './statement.ts';
import { columnSql, groupWireSql, storedToOrderedSql } from './wire-sql.ts';

/** Result columns of measures in one statement: with the keys they stay below the platform's 100. */
const MAX_MEASURE_COLUMNS = 80;

/** Which part of a node's rows a statement is about. */
export interface Grouped {
  readonly node: CompiledNode;
  readonly variant: Variant;
  readonly grouping: CompiledGrouping;
}

/**
 * Per key and group: the key's index (several keys only), the group's keys, the number of rows, and the columns of
 * `measures`.
 */
export function measuresStatement(grouped: Grouped, measures: readonly InlineMeasure[]): Statement {
  const columns = ['count(*)', ...measures.flatMap(({ op, column }) => measureSql(op, column).columns)];
  return groupedStatement(grouped, columns, [], isBounded(grouped) ? ` LIMIT ${MAX_GROUPS + 1}` : '');
}

/** One key, whose groups are all that the statement gives. */
const isBounded = ({ variant, grouping }: Grouped): boolean => variant.varying.length === 0 && grouping.keys.length > 0;

/**
 * Per key, group and exponent of ten: the exponent, and the sum of the 15-digit coefficients with it in two parts, the
 * first of which counts 2^24; and 1 if there is a value that is no decimal. So decimals are added without rounding, and no part comes near 64 bits.
 */
export function decimalSumStatement(grouped: Grouped, { column }: SeparateMeasure): Statement {
  const digits = `printf('%.14e', ${columnSql('t', column)})`;
  const coefficient = `CAST(replace(substr(${digits}, 1, instr(${digits}, 'e') - 1), '.', '') AS INTEGER)`;
  const exponent = `CAST(substr(${digits}, instr(${digits}, 'e') + 1) AS INTEGER)`;
  const parts = [
    exponent,
    `CAST(sum(${coefficient} >> 24) AS TEXT)`,
    `CAST(sum(${coefficient} & 16777215) AS TEXT)`,
    `max(${isNoNumberSql(columnSql('t', column), column)})`,
  ];
  return groupedStatement(grouped, parts, [exponent], '', columnSql('t', column));
}

/** Per key and group: each value there is. */
export function distinctValuesStatement(grouped: Grouped, { column }: SeparateMeasure): Statement {
  return groupedStatement(
    grouped,
    [groupWireSql(columnSql('t', column), column)],
    [storedToOrderedSql(columnSql('t', column), column)],
    '',
    columnSql('t', column),
  );
}

/** The buckets of time that values of a key lie in. */
export function bucketsStatement(node: CompiledNode, variant: Variant, { column }: CompiledGroupKey): Statement {
  const builder = new StatementBuilder(node, variant);
  const bucket = bucketSql(column);
  return builder.statement(`SELECT DISTINCT ${bucket} FROM ${rowsSql(builder)}`, UNRANKED);
}

/** @param notNull Only rows with a value here; what they are grouped by, besides the group's keys, is `by`. */
function groupedStatement(
  { node, variant, grouping }: Grouped,
  columns: readonly string[],
  by: readonly string[],
  limit: string,
  notNull: string | null = null,
): Statement {
  const builder = new StatementBuilder(node, variant);
  const keyed = variant.varying.length > 0;
  const keys = grouping.keys.map((key, at) => groupKeySql(key, at));
  const zones = grouping.keys.flatMap((key, at) =>
    key.timeZone === null ? [] : [zoneSql(key, at, builder.parameters)],
  );
  const select = [...(keyed ? ['k.key'] : []), ...keys.map((key) => key.select), ...columns];
  const group = [...(keyed ? ['k.key'] : []), ...keys.map((key) => key.group), ...by];
  const rows = rowsSql(builder, zones.map(({ join }) => join).join(''), notNull);
  const grouped = group.length > 0 ? ` GROUP BY ${group.join(', ')}` : '';
  return builder.statement(`SELECT ${select.join(', ')} FROM ${rows}${grouped}${limit}`, {
    isRanked: false,
    ctes: zones.map(({ cte }) => cte),
  });
}

/** What follows FROM: the rows `t` of all keys `k`. */
function rowsSql(builder: StatementBuilder, joins = '', notNull: string | null = null): string {
  const keys = builder.source.keysSql();
  const where = builder.whereSql(builder.conditions());
  return (
    `${keys === null ? '' : `${keys} CROSS JOIN `}${builder.tableSql()}${joins} ${where}` +
    (notNull === null ? '' : ` AND ${notNull} IS NOT NULL`)
  );
}

function groupKeySql({ column, trunc, timeZone }: CompiledGroupKey, at: number): { select: string; group: string } {
  if (trunc === null)
    return {
      select: groupWireSql(columnSql('t', column), column),
      group: storedToOrderedSql(columnSql('t', column), column),
    };
  const period = periodOrMisfitSql(column, trunc, timeZone === null ? '0' : `${zoneName(at)}.shift`);
  return { select: period, group: period };
}

/** Of the common table expression with the spans of the zone of key `at`. */
const zoneName = (at: number): string => `_zone${at}`;

/** Those spans, joined so that rows without a value stay. */
function zoneSql({ column }: CompiledGroupKey, at: number, parameters: Parameters): { cte: string; join: string } {
  const list = parameters.use(`spans ${at}`, ({ zoneSpans }) => zoneSpans![at]!);
  const value = columnSql('t', column);
  const zone = zoneName(at);
  return {
    cte: `${zone} AS MATERIALIZED (SELECT value ->> 0 AS since, value ->> 1 AS until, value ->> 2 AS shift FROM json_each(${list}))`,
    join: ` LEFT JOIN ${zone} ON ${value} >= ${zone}.since AND ${value} < ${zone}.until`,
  };
}

/** Splits measures so that each part fits a statement; one part at least. */
export function inlineChunks({ inline }: CompiledGrouping): InlineMeasure[][] {
  const chunks: InlineMeasure[][] = [[]];
  let columns = 0;
  for (const measure of inline) {
    const width = measureSql(measure.op, measure.column).columns.length;
    columns += width;
    if (columns > MAX_MEASURE_COLUMNS) {
      chunks.push([]);
      columns = width;
    }
    chunks.at(-1)!.push(measure);
  }
  return chunks;
}

/** All statements that a grouping takes, in the order in which they run. */
export function* groupingStatements(grouped: Grouped): Generator<Statement> {
  const { node, variant, grouping } = grouped;
  for (const key of grouping.keys) if (key.timeZone !== null) yield bucketsStatement(node, variant, key);
  for (const measures of inlineChunks(grouping)) yield measuresStatement(grouped, measures);
  for (const measure of grouping.separate) {
    yield measure.kind === 'decimalSum'
      ? decimalSumStatement(grouped, measure)
      : distinctValuesStatement(grouped, measure);
  }
}
