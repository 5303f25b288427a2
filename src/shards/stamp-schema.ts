import { fnv1a64 } from '../lib/fnv1a.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { ColumnModel, Model } from '../model/types.ts';
import { stampedColumnSets } from './stamped-columns.ts';

/**
 * What stamps distinguish: a hash of the names of the tables, and of the columns whose values name buckets. While two
 * releases run at once, a shard of one does not stamp a key that the other has added, or by another name: stamps of
 * another schema say only that something has changed.
 */
export const stampSchema = memoizeByObject((model: Model): string => {
  const tables = model.tables.map((table) => {
    const kinds = (columns: readonly ColumnModel[]) => columns.map(({ name, wire }) => [name, wire]);
    const sets = stampedColumnSets(table, model).map((set) => kinds(set.map((name) => table.columnByName.get(name)!)));
    return [table.typeName, kinds([table.shardKey]), kinds(table.primaryKey.columns), sets];
  });
  return fnv1a64(JSON.stringify(tables));
});
