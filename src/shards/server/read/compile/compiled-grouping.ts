import type { ColumnModel, TableModel } from '../../../../model/types.ts';
import type { DateTrunc, Grouping, Measure } from '../../../plan/aggregate.ts';
import type { MeasureAnswer } from '../../../plan/answer.ts';
import type { ValueRef } from '../../../plan/value.ts';
import { unknownColumn } from '../../other-release.ts';

export interface CompiledGroupKey {
  readonly column: ColumnModel;
  readonly trunc: DateTrunc | null;
  readonly timeZone: ValueRef | null;
}

/** A measure that one aggregating statement gives, together with others. */
export interface InlineMeasure {
  /** Position among the measures of the grouping. */
  readonly at: number;
  readonly op: Exclude<Measure['op'], 'distinctValues'>;
  readonly column: ColumnModel;
}

/** A measure that takes a statement of its own: several rows per group, from which JavaScript makes the answer. */
export interface SeparateMeasure {
  readonly at: number;
  readonly kind: 'decimalSum' | 'distinctValues';
  readonly column: ColumnModel;
}

export interface CompiledGrouping {
  readonly keys: readonly CompiledGroupKey[];
  readonly inline: readonly InlineMeasure[];
  readonly separate: readonly SeparateMeasure[];
  /** What measures answer where nothing else is found. */
  readonly empty: readonly MeasureAnswer[];
}

const EMPTY_BY_OP: Readonly<Record<Measure['op'], MeasureAnswer>> = {
  count: 0,
  countDistinct: 0,
  distinctValues: [],
  sum: null,
  min: null,
  max: null,
};

export function compileGrouping(table: TableModel, { keys, measures }: Grouping): CompiledGrouping {
  const inline: InlineMeasure[] = [];
  const separate: SeparateMeasure[] = [];
  for (const [at, { op, column: name }] of measures.entries()) {
    const column = columnOf(table, name);
    if (op === 'distinctValues') separate.push({ at, kind: op, column });
    else if (op === 'sum' && column.wire === 'decimal') separate.push({ at, kind: 'decimalSum', column });
    else inline.push({ at, op, column });
  }
  return {
    keys: keys.map(({ column, trunc, timeZone }) => ({ column: columnOf(table, column), trunc, timeZone })),
    inline,
    separate,
    empty: measures.map(({ op }) => EMPTY_BY_OP[op]),
  };
}

function columnOf(table: TableModel, name: string): ColumnModel {
  const column = table.columnByName.get(name);
  if (column) return column;
  throw unknownColumn(table, name);
}
