import { ROW_ID } from '../../sql/sql-text.ts';

/** SQL condition for the rows of a parameter: a JSON array of row ids. */
export const BY_ROW_IDS = `${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;

/** Row ids of one list: they have up to 19 digits, and a parameter at most 2,000,000 bytes. */
const MAX_IDS = 50_000;

/** JSON texts of row ids, each of which fits into one parameter: cascades may reach any number of rows. None for no ids. */
export function* rowIdLists(rowIds: Iterable<string>): Generator<string> {
  let list: string[] = [];
  for (const rowId of rowIds) {
    list.push(rowId);
    if (list.length < MAX_IDS) continue;
    yield JSON.stringify(list);
    list = [];
  }
  if (list.length > 0) yield JSON.stringify(list);
}
