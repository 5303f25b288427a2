import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { Model } from '../../../model/types.ts';

/** What it takes about to take a change back and log that, in microseconds: of the row, of each index, of a full-text index. */
export const ROW_MICROSECONDS = 30;
const INDEX_MICROSECONDS = 8;
const SEARCH_MICROSECONDS = 40;

/**
 * How long it takes about to take a change of a table (by its name in SQL) back, in microseconds. Worked out from the model: a
 * Durable Object's clock stands still within a turn, so that steps cannot be timed.
 */
export const changeCosts = memoizeByObject((model: Model) => {
  const byTable = new Map(
    model.tables.map(({ sqlName, indexes, uniqueKeys, search }) => [
      sqlName,
      ROW_MICROSECONDS +
        INDEX_MICROSECONDS * (indexes.length + uniqueKeys.length) +
        (search.length > 0 ? SEARCH_MICROSECONDS : 0),
    ]),
  );
  return (table: string): number => byTable.get(table) ?? ROW_MICROSECONDS;
});
