/** Plans of operators' paths, whose callers may see all rows. */
import type { ColumnModel, TableModel } from '../model/types.ts';
import { compilePlan } from '../shards/plan/compiled-plan.ts';
import { MATCH_ALL, matchOn, oneNode, pageNode } from '../shards/plan/node.ts';
import { firstRows } from '../shards/plan/page.ts';
import { EVERYTHING, rowsOf } from '../shards/plan/source.ts';
import type { PlanValue } from '../shards/plan/value.ts';
import { keyOrder } from './arguments/order.ts';

const allRows = ({ typeName }: TableModel) => rowsOf(typeName, { access: EVERYTHING });

/** Rows by primary key, as the cache's row entries hold them. */
export const rowByKeyPlan = (table: TableModel) =>
  compilePlan(oneNode(allRows(table), { ...matchOn(table.primaryKey.names), columns: [] }));

/** Rows by primary key, with all columns. */
export const wholeRowPlan = (table: TableModel) =>
  compilePlan(
    oneNode(allRows(table), { ...matchOn(table.primaryKey.names), columns: table.columns.map(({ name }) => name) }),
  );

/** The first primary keys under a shard key, in order, of rows that reads show. Its one value is their number. */
export const keysUnderShardKeyPlan = (table: TableModel) => {
  const keys = { ...matchOn([table.shardKey.name]), columns: table.primaryKey.names };
  const shown = rowsOf(table.typeName, { access: EVERYTHING, hiddenBy: table.softDelete?.name ?? null });
  return compilePlan(pageNode(shown, keys, firstRows(keyOrder(table), 0)));
};

/** A primary key. A stored value that does not fit its column is a list of one: the value, packed. */
export type KeyPosition = readonly (string | number | readonly [packed: string])[];

/** Rows of all shards by ascending primary key, after a position; deleted ones too, since they can be restored. */
export function exportPlan(table: TableModel, columns: readonly ColumnModel[], after: KeyPosition, limit: number) {
  const values: PlanValue[] = [limit];
  const boundary = after.map((value) =>
    Array.isArray(value) ? { stored: values.push(value[0]) - 1 } : values.push(value as string | number) - 1,
  );
  const page = { ...firstRows(keyOrder(table), 0), after: boundary.length === 0 ? null : boundary };
  const shown = { ...MATCH_ALL, columns: columns.map(({ name }) => name) };
  return { plan: compilePlan(pageNode(allRows(table), shown, page)), values };
}
