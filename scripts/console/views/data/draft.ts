import type { TableColumn } from '../../operations/tables.ts';
import { type EditedText, toEditedText, toValue } from './edited-value.ts';

/** What is typed for each column. `null`: no value. `left`: the column is left out, and has its default. */
export type DraftValue = EditedText | 'null' | 'left';
export type Draft = Readonly<Record<string, DraftValue>>;

export const draftOf = (
  columns: readonly TableColumn[],
  row: Readonly<Record<string, unknown>>,
  isNew: boolean,
): Draft =>
  Object.fromEntries(
    columns.map((column) => {
      const { name } = column;
      if (isNew) return [name, column.hasDefault || column.isNullable ? 'left' : toEditedText(column, null)];
      return [name, row[name] === null || row[name] === undefined ? 'null' : toEditedText(column, row[name])];
    }),
  );

interface Read {
  /** Of the columns that were changed, or given. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly problem: string | null;
}

/** @param initial null: of a new row. */
export function readDraft(columns: readonly TableColumn[], initial: Draft | null, draft: Draft): Read {
  const data: Record<string, unknown> = {};
  for (const column of columns) {
    const { name } = column;
    const value = draft[name]!;
    if (value === 'left' || (initial !== null && isSame(value, initial[name]!))) continue;
    if (value === 'null') {
      data[name] = null;
      continue;
    }
    try {
      data[name] = toValue(column, value);
    } catch (error) {
      return { data, problem: (error as Error).message };
    }
  }
  return { data, problem: null };
}

const isSame = (a: DraftValue, b: DraftValue): boolean =>
  typeof a === 'object' && typeof b === 'object' ? a.text === b.text && a.isEscaped === b.isEscaped : a === b;
