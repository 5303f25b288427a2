import { BoundedMap } from '../../../lib/bounded-map.ts';
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { ColumnModel, TableModel } from '../../../model/types.ts';

/** Of one table; clients choose which columns they set. */
const MAX_TEXTS = 100;

const textsByTable = memoizeByObject((_: TableModel) => new BoundedMap<string, string>(MAX_TEXTS));

/**
 * The text of a statement on rows of a table. To put it together takes about as long as to run it; and the runtime knows a statement by its
 * string, which it has to compare with all others when it is a new one.
 *
 * @param shape tells it from all other statements on the table.
 */
export function statementText(table: TableModel, shape: string, compose: () => string): string {
  const texts = textsByTable(table);
  const known = texts.use(shape);
  if (known !== undefined) return known;
  const text = compose();
  texts.set(shape, text);
  return text;
}

/** Columns as part of a shape. */
export const shapeOf = (columns: readonly ColumnModel[]): string => columns.map(({ name }) => name).join();
