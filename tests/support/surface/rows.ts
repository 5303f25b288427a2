import type { Model, TableModel } from '../../../src/model/types.ts';
import { valueAt } from './values.ts';

/** A row by GraphQL names of columns, with `nodeId` and `version` once it is stored. */
export type Row = Record<string, unknown>;
export type RowsByType = ReadonlyMap<string, readonly Row[]>;

/** Which shard key each row of a table has: two rows share one, so that relations have something to choose from. */
const OWNERS = [0, 0, 1];

/**
 * Rows for each table of a model, to be created in the order of the map: every foreign key and relation leads to a row;
 * the first row of a table has NULL where it may.
 */
export function planRows(model: Model): RowsByType {
  const rowsByType = new Map<string, Row[]>();
  const order = [...model.insertOrder].sort((a, b) => Number(!isRoot(model, a)) - Number(!isRoot(model, b)));
  for (const type of order) {
    const table = model.table(type);
    const rows: Row[] = [];
    rowsByType.set(type, rows);
    const owners = table.primaryKey.columns.length === 1 ? [0, 1] : OWNERS;
    for (const [index, owner] of owners.entries()) rows.push(planRow(table, rowsByType, index, owner));
  }
  return rowsByType;
}

/** Its shard key is its own: other tables take theirs from it. */
const isRoot = (model: Model, type: string): boolean => model.table(type).foreignKeys.length === 0;

function planRow(
  table: TableModel,
  rowsByType: ReadonlyMap<string, readonly Row[]>,
  index: number,
  owner: number,
): Row {
  const row: Row = {};
  for (const column of table.columns) {
    if (column.generated) continue;
    row[column.name] = index === 0 && !column.notNull ? null : valueAt(column, index);
  }
  row[table.shardKey.name] = valueAt(table.shardKey, owner);
  for (const { columns, targetType, targetColumns } of table.foreignKeys) {
    const shardKeyAt = columns.indexOf(table.shardKey);
    const candidates = rowsByType.get(targetType)!.filter((target) => {
      return target[targetColumns[shardKeyAt]!] === row[table.shardKey.name];
    });
    const target = candidates[index % Math.max(1, candidates.length)];
    for (const [at, column] of columns.entries()) {
      if (column !== table.shardKey) row[column.name] = target?.[targetColumns[at]!] ?? null;
    }
  }
  for (const { kind, from, to, targetType, colocated } of table.relations) {
    if (kind !== 'one' || colocated) continue;
    const targets = rowsByType.get(targetType)!;
    const target = targets[index % Math.max(1, targets.length)];
    for (const [at, name] of from.entries()) row[name] = target?.[to[at]!] ?? null;
  }
  return row;
}
