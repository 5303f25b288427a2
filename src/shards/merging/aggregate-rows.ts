import { timeZone } from '../../lib/time-zone.ts';
import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { isMisfit, type Misfit } from '../misfit.ts';
import { misfitError } from '../misfit-error.ts';
import { periodOf, periodToWire, wireToMs } from '../period.ts';
import type { GroupKey, Measure } from '../plan/aggregate.ts';
import type { GroupRow, MeasureAnswer, MeasureRow, PageAnswer, RowAnswer } from '../plan/answer.ts';
import type { PageShape } from '../plan/page.ts';
import type { PlanValue } from '../plan/value.ts';
import { mergeGroups, mergeMeasures } from './merge-groups.ts';

/** Computes the aggregates of a page from all rows of its list, as shards do in SQL. `columns` names their cells. */
export function aggregateRows(
  table: TableModel,
  page: PageShape,
  columns: readonly string[],
  rows: readonly RowAnswer[],
  values: readonly PlanValue[],
): Pick<PageAnswer, 'aggregate' | 'groups'> {
  const cell = (row: RowAnswer, column: string): WireValue => {
    const value = row[columns.indexOf(column)] as WireValue | Misfit;
    if (isMisfit(value)) throw misfitError(value);
    return value;
  };
  const measured = (measures: readonly Measure[], row: RowAnswer): MeasureRow => [
    1,
    ...measures.map(({ op, column }) => measureOf(op, cell(row, column), table.columnByName.get(column)!)),
  ];
  const keysOf = (keys: readonly GroupKey[], row: RowAnswer) =>
    keys.map((key) => keyOf(key, cell(row, key.column), table.columnByName.get(key.column)!, values));
  const { aggregate, groups } = page;
  return {
    ...(aggregate && {
      aggregate: mergeMeasures(
        table,
        aggregate,
        rows.map((row) => measured(aggregate, row)),
      ),
    }),
    ...(groups && {
      groups: groups.map((grouping) => {
        const each = (row: RowAnswer): GroupRow => ({
          keys: keysOf(grouping.keys, row),
          measures: measured(grouping.measures, row),
        });
        return mergeGroups(table, grouping, [rows.map(each)]);
      }),
    }),
  };
}

/** The measure of one row, to be merged with those of others. */
function measureOf(op: Measure['op'], value: WireValue, { wire }: ColumnModel): MeasureAnswer {
  switch (op) {
    case 'count':
      return value === null ? 0 : 1;
    case 'countDistinct':
    case 'distinctValues':
      return value === null ? [] : [value];
    case 'sum':
      return value === null || wire === 'real' ? value : String(value);
    case 'min':
    case 'max':
      return value;
  }
}

function keyOf(
  { trunc, timeZone: ref }: GroupKey,
  value: WireValue,
  column: ColumnModel,
  values: readonly PlanValue[],
) {
  if (value === null || trunc === null) return value;
  const zone = ref === null ? null : timeZone(String(values[ref]));
  return periodToWire(column, trunc, zone, periodOf(trunc, zone, wireToMs(column, value)));
}
