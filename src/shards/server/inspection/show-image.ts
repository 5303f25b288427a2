import { ROW_VERSION_COLUMN, type TableModel } from '../../../model/types.ts';
import type { ShownValues } from '../../undo.ts';
import type { Image } from '../log/row-image.ts';
import { shownStored, shownValues } from '../undo/show-rows.ts';

/** Values of an image by GraphQL names, without the row version; those of columns that the model does not have, by their names in SQL. */
export function showImage(table: TableModel | undefined, image: Image): ShownValues {
  const shown: Record<string, unknown> = {};
  for (const [sqlName, value] of image) {
    if (sqlName === ROW_VERSION_COLUMN) continue;
    const column = table?.columns.find((each) => each.sqlName === sqlName);
    if (column === undefined) shown[sqlName] = shownStored(value);
    else Object.assign(shown, shownValues(new Map([[column, value]])));
  }
  return shown;
}
