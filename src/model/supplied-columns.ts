import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { Model, RelationModel, TableModel } from './types.ts';

/**
 * Columns of each type whose values another row may give when a row is created: the shard key, foreign keys, and what
 * co-located relations pair with the row that a row belongs to. What else a row needs it has to bring.
 */
export const suppliedColumns = memoizeByObject((model: Model): ReadonlyMap<string, ReadonlySet<string>> => {
  const namesByType = new Map(model.tables.map((table) => [table.typeName, ownColumns(table)]));
  for (const table of model.tables) {
    for (const relation of table.relations) {
      if (!relation.colocated || relation.through !== null) continue;
      // The side that refers takes the values; without a foreign key, the one that there may be many of.
      const isOurs = relation.kind === 'one' && !refersBack(model.table(relation.targetType), table, relation);
      const names = namesByType.get(isOurs ? table.typeName : relation.targetType)!;
      for (const name of isOurs ? relation.from : relation.to) names.add(name);
    }
  }
  return namesByType;
});

const ownColumns = ({ shardKey, foreignKeys }: TableModel): Set<string> =>
  new Set([shardKey.name, ...foreignKeys.flatMap(({ columns }) => columns.map(({ name }) => name))]);

/** Whether the target of a relation has a foreign key for it. */
const refersBack = (target: TableModel, { typeName }: TableModel, { from, to }: RelationModel): boolean =>
  target.foreignKeys.some(
    ({ targetType, columns, targetColumns }) =>
      targetType === typeName &&
      columns.length === to.length &&
      columns.every(({ name }, at) => from[to.indexOf(name)] === targetColumns[at]),
  );
