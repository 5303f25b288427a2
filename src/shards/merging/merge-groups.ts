import { addExact, exactToText, parseExact, ZERO } from '../../lib/exact-decimal.ts';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { TableModel, WireValue } from '../../model/types.ts';
import { WIRE_KINDS } from '../../model/wire-kinds.ts';
import type { Grouping, Measure } from '../plan/aggregate.ts';
import { type GroupRow, type MeasureAnswer, type MeasureRow, MISFIT_NUMBER } from '../plan/answer.ts';
import { type CompiledPlan, compilePlan } from '../plan/compiled-plan.ts';
import type { PageShape } from '../plan/page.ts';

type Measures = readonly Measure[];

/** `SOME_SHARDS`: what is lost when numbers are made of values is kept, so that measures can be merged again. */
export type Merged = 'ALL_SHARDS' | 'SOME_SHARDS';

/** Makes one list of groups of those of several shards; null if one of them had too many. */
export function mergeGroups(
  table: TableModel,
  { measures }: Grouping,
  parts: readonly (readonly GroupRow[] | null)[],
  merged: Merged = 'ALL_SHARDS',
): readonly GroupRow[] | null {
  const rowsById = new Map<string, GroupRow[]>();
  for (const part of parts) {
    if (part === null) return null;
    for (const row of part) {
      const id = JSON.stringify(row.keys);
      getOrInsert(rowsById, id, () => []).push(row);
    }
  }
  return [...rowsById.values()].map((rows) => ({
    keys: rows[0]!.keys,
    measures: mergeMeasures(
      table,
      measures,
      rows.map((row) => row.measures),
      merged,
    ),
  }));
}

/** Makes one row of measures, `countDistinct` numbers included, of those of rows that share no row of the table. */
export const mergeMeasures = (
  table: TableModel,
  measures: Measures,
  rows: readonly MeasureRow[],
  merged: Merged = 'ALL_SHARDS',
): MeasureRow => [
  rows.reduce((sum, [count]) => sum + count, 0),
  ...measures.map((measure, at) =>
    mergeMeasure(
      table,
      measure,
      rows.map((row) => row[at + 1] as MeasureAnswer),
      merged,
    ),
  ),
];

function mergeMeasure(
  table: TableModel,
  { op, column }: Measure,
  answers: readonly MeasureAnswer[],
  merged: Merged,
): MeasureAnswer {
  switch (op) {
    case 'count':
      return (answers as readonly number[]).reduce((sum, count) => sum + count, 0);
    case 'countDistinct':
    case 'distinctValues':
      return mergeDistinct(answers, op === 'distinctValues' && merged === 'SOME_SHARDS');
    case 'sum': {
      const sums = answers.flat().filter((sum) => sum !== null) as (string | number)[];
      if (!isReal(table, column)) return mergeExactSums(sums as string[]);
      return merged === 'SOME_SHARDS' ? sums : mergeRealSums(sums);
    }
    case 'min':
    case 'max': {
      const compare = WIRE_KINDS[table.columnByName.get(column)!.wire].compare;
      const sign = op === 'min' ? 1 : -1;
      const values = answers.filter((value) => value !== null) as Exclude<WireValue, null>[];
      return values.reduce<WireValue>(
        (best, value) => (best === null || sign * compare(value, best) < 0 ? value : best),
        null,
      );
    }
  }
}

const isReal = (table: TableModel, column: string): boolean => table.columnByName.get(column)!.wire === 'real';

/** Lists of values are united; numbers come from shards that cannot share a value. Null: some shard had too many. */
function mergeDistinct(answers: readonly MeasureAnswer[], keepsValues: boolean): MeasureAnswer {
  const values = new Set<WireValue>();
  let count = 0;
  for (const answer of answers) {
    if (answer === null) return null;
    if (typeof answer === 'number') count += answer;
    else for (const value of answer) values.add(value as WireValue);
  }
  return keepsValues ? [...values] : count + values.size;
}

function mergeExactSums(sums: readonly string[]): string | null {
  if (sums.length === 0) return null;
  if (sums.includes(MISFIT_NUMBER)) return MISFIT_NUMBER;
  return exactToText(sums.reduce((sum, part) => addExact(sum, parseExact(part)), ZERO));
}

function mergeRealSums(sums: readonly (string | number)[]): string | number | null {
  if (sums.length === 0) return null;
  if (sums.includes(MISFIT_NUMBER)) return MISFIT_NUMBER;
  if (sums.includes('overflow')) return 'overflow';
  const sum = sumReals(sums as readonly number[]);
  return Number.isFinite(sum) ? sum : 'overflow';
}

/** Compensated as SQLite does (Neumaier), and in order of size: the order in which shards answer does not matter. */
function sumReals(values: readonly number[]): number {
  let sum = 0;
  let error = 0;
  for (const value of [...values].sort((a, b) => a - b)) {
    const next = sum + value;
    error += Math.abs(sum) > Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + error;
}

/**
 * The plan as each of several shards is asked for it: numbers of distinct values cannot be added, unless equal values
 * are in one shard, as shard keys are. To be used as `plan.derived(…)`.
 */
export function withDistinctValues(plan: CompiledPlan, table: TableModel): CompiledPlan {
  const { node } = plan;
  if (node.page === null || (!node.page.aggregate && !node.page.groups)) return plan;
  return compilePlan({ ...node, page: { ...node.page, ...measuresOfShards(node.page, table) } });
}

function measuresOfShards({ aggregate, groups }: PageShape, { shardKey }: TableModel): Partial<PageShape> {
  const forShards = (measures: Measures): Measures =>
    measures.map((measure) =>
      measure.op === 'countDistinct' && measure.column !== shardKey.name
        ? { ...measure, op: 'distinctValues' }
        : measure,
    );
  return {
    ...(aggregate && { aggregate: forShards(aggregate) }),
    ...(groups && { groups: groups.map(({ keys, measures }) => ({ keys, measures: forShards(measures) })) }),
  };
}
