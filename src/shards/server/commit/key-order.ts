/** In which order rows are changed that take unique values from each other. */
import type { ColumnModel, TableModel } from '../../../model/types.ts';
import type { WireValues } from '../../operation.ts';

/** A row, with its values of the columns that {@link columnsOfKeys} names. */
export interface RekeyedRow {
  readonly before: WireValues;
  /** Those that change. */
  readonly values: WireValues;
}

/** The unique keys and indexes that hold one of these columns, by their columns. */
const keysWith = ({ uniqueKeys, indexes }: TableModel, changed: readonly ColumnModel[]): (readonly string[])[] => {
  const named = [...uniqueKeys.map(({ names }) => names), ...indexes.filter(({ unique }) => unique).map(plainColumns)];
  return named.filter((names) => changed.some(({ name }) => names.includes(name)));
};

const plainColumns = ({ columns }: TableModel['indexes'][number]): readonly string[] =>
  columns.every((name) => name !== null) ? columns : [];

/** The columns of keys that a change of these columns changes; none: rows cannot get in each other's way. */
export function columnsOfKeys(table: TableModel, changed: readonly ColumnModel[]): ColumnModel[] {
  const names = new Set(keysWith(table, changed).flat());
  return table.columns.filter(({ name }) => names.has(name));
}

/**
 * The rows in an order in which each finds the values free that another one has given up; null: any order will do. Rows that
 * exchange values in a circle have no such order: they stay in whichever.
 */
export function orderedByKeys<Row extends RekeyedRow>(
  table: TableModel,
  changed: readonly ColumnModel[],
  rows: readonly Row[],
): Row[] | null {
  const keys = keysWith(table, changed);
  const holders = keys.map((names) => new Map(rows.map((row) => [textOf(names, row.before), row])));
  /** Rows that have to be changed before. */
  const holdersFor = (row: Row): Row[] =>
    keys.flatMap((names, at) => {
      const holder = holders[at]!.get(textOf(names, { ...row.before, ...row.values }));
      return holder === undefined || holder === row ? [] : [holder];
    });
  if (!rows.some((row) => holdersFor(row).length > 0)) return null;
  const ordered = new Set<Row>();
  const seen = new Set<Row>();
  for (const start of rows) {
    // A stack of its own: chains may be as long as the list.
    const stack = [start];
    while (stack.length > 0) {
      const row = stack.at(-1)!;
      const waited = seen.has(row) ? undefined : holdersFor(row).filter((holder) => !seen.has(holder));
      seen.add(row);
      if (waited !== undefined && waited.length > 0) stack.push(...waited);
      else ordered.add(stack.pop()!);
    }
  }
  return [...ordered];
}

const textOf = (names: readonly string[], values: WireValues): string =>
  JSON.stringify(names.map((name) => values[name] ?? null));
