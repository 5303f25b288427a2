import type { Model, RelationModel, TableModel } from '../../../src/model/types.ts';

/**
 * Relations and foreign keys whose rows are found by no index: each step of such a relation, and each delete of a
 * referenced row, reads the whole table of a shard.
 */
export function missingIndexes(model: Model): string[] {
  const lookups = model.tables.flatMap((table) => [
    ...table.relations.flatMap((relation) => lookupsOf(model, table, relation)),
    ...table.foreignKeys.map((key) => ({
      table,
      columns: key.columns.map(({ name }) => name),
      user: `deletes of ${key.targetType}`,
    })),
  ]);
  const usersByNeed = new Map<string, string[]>();
  for (const { table, columns, user } of lookups) {
    if (hasIndex(table, columns)) continue;
    const need = `${table.sqlName} (${ordered(table, columns).join(', ')})`;
    usersByNeed.set(need, [...(usersByNeed.get(need) ?? []), user]);
  }
  return [...usersByNeed].map(
    ([need, users]) =>
      `Expected an index on ${need} for ${[...new Set(users)].join(' and ')}, but found none. Add it to the model.`,
  );
}

/** Columns by which rows of a table are found. */
interface Lookup {
  readonly table: TableModel;
  readonly columns: readonly string[];
  /** Who needs it. */
  readonly user: string;
}

function lookupsOf(model: Model, { typeName }: TableModel, { name, targetType, to, through }: RelationModel): Lookup[] {
  const user = `the relation ${typeName}.${name}`;
  const target = { table: model.table(targetType), columns: to, user };
  return through ? [{ table: model.table(through.type), columns: through.from, user }, target] : [target];
}

/** An index serves if the columns are its first ones, in any order, or if it finds one row by some of them. */
function hasIndex(table: TableModel, columns: readonly string[]): boolean {
  const keys = [table.primaryKey, ...table.uniqueKeys].map((key) => key.columns.map(({ name }) => name));
  if (keys.some((key) => key.every((name) => columns.includes(name)))) return true;
  const indexes = [...keys, ...table.indexes.filter(({ partial }) => !partial).map((index) => index.columns)];
  return indexes.some((index) => columns.every((name) => index.slice(0, columns.length).includes(name)));
}

/** SQL names, the shard key first: where an index is wanted it should lead. */
const ordered = (table: TableModel, columns: readonly string[]): string[] =>
  [...columns]
    .sort((a, b) => Number(b === table.shardKey.name) - Number(a === table.shardKey.name))
    .map((name) => table.columnByName.get(name)!.sqlName);
