import { fnv1a64 } from '../lib/fnv1a.ts';
import type { ColumnModel, Model } from '../model/types.ts';
import { stampedColumnSets } from './stamped-columns.ts';

const schemas = new WeakMap<Model, string>();

/**
 * Says what stamps tell apart: a hash of the names of the tables, and of the columns whose values name buckets. While two
 * releases run at once, a shard of one does not stamp a key that the other has added, or by another name: stamps of
 * another schema say only that something has changed.
 */
export function stampSchema(model: Model): string {
  let schema = schemas.get(model);
  if (schema === undefined) {
    const tables = model.tables.map((table) => {
      const kinds = (columns: readonly ColumnModel[]) => columns.map(({ name, wire }) => [name, wire]);
      const sets = stampedColumnSets(model, table).map((set) =>
        kinds(set.map((name) => table.columnByName.get(name)!)),
      );
      return [table.typeName, kinds([table.shardKey]), kinds(table.primaryKey.columns), sets];
    });
    schema = fnv1a64(JSON.stringify(tables));
    schemas.set(model, schema);
  }
  return schema;
}
