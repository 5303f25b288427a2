/** How the `by` argument names the keys of a table: by column names, since rules look at keys before there is a model. */
import { upperFirst } from './names.ts';
import type { TableDraft } from './table-draft.ts';

/** The columns that `by` names: the key's without the shard key, which is implicit, or the shard key where it is all. */
export function byColumnsOf(columns: readonly string[], shardKey: string): readonly string[] {
  const others = columns.filter((column) => column !== shardKey);
  return others.length > 0 ? others : columns;
}

/** `orderId`, `orderIdAndProductId`. */
export const byNameOf = (byColumns: readonly string[]): string =>
  byColumns.map((column, index) => (index === 0 ? column : upperFirst(column))).join('And');

/** The input type of a key of several columns. */
export const compositeKeyName = (typeName: string, byName: string): string => `${typeName}${upperFirst(byName)}Key`;

/** Unique indexes that hold for all rows and name columns only, each set of columns once, the primary key's aside. */
export function uniqueKeysOf(
  table: TableDraft,
): readonly { readonly name: string; readonly columns: readonly string[] }[] {
  const seen = new Set([columnSet(table.primaryKey)]);
  return table.indexes.flatMap(({ name, unique, partial, columns }) => {
    const named = columns.filter((column) => column !== null);
    if (!unique || partial || named.length < columns.length || seen.has(columnSet(named))) return [];
    seen.add(columnSet(named));
    return [{ name, columns: named }];
  });
}

const columnSet = (columns: readonly string[]): string => JSON.stringify([...columns].sort());
