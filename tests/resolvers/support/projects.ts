import { importCellToWire } from '../../../src/model/codec.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import { toShardKey } from '../../../src/shards/shard-key.ts';
import model from '../../models/projects/model.ts';
import type { Cluster } from './cluster.ts';

export const projects = { model, schema: buildSchema(model) };

export type Values = Readonly<Record<string, string | number | null>>;

/** Rows as an import brings them: deleted ones are part of what a file brings back. */
export async function importInto(cluster: Cluster, type: string, rows: readonly Values[]): Promise<void> {
  const table = model.table(type);
  for (const [columns, group] of Map.groupBy(rows, (row) => Object.keys(row).join())) {
    const names = columns.split(',');
    const wires = group.map((row) => ({
      shardKey: toShardKey(table.shardKey, row[table.shardKey.name] as string),
      cells: names.map((name) => importCellToWire(table.columnByName.get(name)!, row[name])),
    }));
    await cluster.importRows(type, names, wires);
  }
}
