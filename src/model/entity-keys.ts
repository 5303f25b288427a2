/** What names a row to the router of a supergraph of Apollo Federation. */
import type { KeyModel, Model, TableModel } from './types.ts';

export interface EntityKey {
  /** Fields of the row's type that make up the key. */
  readonly fields: readonly string[];
  /** Whose values the fields are; null: the one field is the global id. */
  readonly key: KeyModel | null;
}

/**
 * The keys of a table's rows, the global id first: those whose columns all have a value in each row, and may be seen. Each
 * names the shard of its row, since the shard key is part of it.
 */
export function entityKeys({ globalIdField }: Model, table: TableModel): readonly EntityKey[] {
  const isShown = new Set(
    table.columns.filter(({ name, notNull }) => notNull && name !== globalIdField).map(({ name }) => name),
  );
  return [
    { fields: [globalIdField], key: null },
    ...[table.primaryKey, ...table.uniqueKeys]
      .filter(({ names }) => names.every((name) => isShown.has(name)))
      .map((key) => ({ fields: key.names, key })),
  ];
}
