import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import { type ColumnModel, ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { type Image, type LoggedValue, loggedValueBinding, loggedValueSql } from '../log/row-image.ts';
import type { Since } from '../undo/schema-since.ts';

/** What the log holds of a row, by the names that its columns have in SQL by now. */
export type Values = ReadonlyMap<string, LoggedValue>;

export const conditions = (key: Values): string =>
  [...key].map(([name, value]) => `${quoteName(name)} IS ${loggedValueSql(value)}`).join(' AND ');

export const bindings = (values: Values): SqlStorageValue[] => [...values.values()].map(loggedValueBinding);

type TableSince = Exclude<Since, { readonly changed: string }>;

/** Columns by the names that images have, looked up once. */
const columnsOf = memoizeByObject((_since: TableSince) => new Map<string, ColumnModel | null>());

/** Values of columns that are gone, or worked out from others by now, are left out. */
export function underModel(since: TableSince, image: Image): Values {
  const columns = columnsOf(since);
  const values = new Map<string, LoggedValue>();
  for (const [name, value] of image) {
    if (name === ROW_VERSION_COLUMN) continue;
    let column = columns.get(name);
    if (column === undefined) {
      column = since.column(name);
      columns.set(name, column);
    }
    if (column !== null) values.set(column.sqlName, value);
  }
  return values;
}
