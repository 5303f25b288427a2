/** Which columns are keys (scalar `ID`): primary, foreign and shard-key columns, and those that relations pair with them. */
import type { ModelDraft } from './model-draft.ts';
import type { ColumnModel, RelationModel } from './types.ts';

/** Columns by type and name. */
class ColumnSet {
  readonly #namesByType = new Map<string, Set<string>>();

  add(typeName: string, columns: readonly string[]): void {
    const names = this.#namesByType.get(typeName) ?? new Set();
    this.#namesByType.set(typeName, names);
    for (const column of columns) names.add(column);
  }

  has(typeName: string, column: string): boolean {
    return this.#namesByType.get(typeName)?.has(column) === true;
  }
}

/** Whether a column is a key, as a function of its type and name. */
export function findKeyColumns(
  draft: ModelDraft,
  relationsByType: ReadonlyMap<string, readonly RelationModel[]>,
): (typeName: string, column: string) => boolean {
  const keys = new ColumnSet();
  for (const table of draft.tables) {
    keys.add(table.typeName, [table.shardKey, ...table.primaryKey]);
    for (const foreignKey of table.foreignKeys) keys.add(table.typeName, foreignKey.columns);
  }
  // References across domains have no foreign key: what a relation pairs with a key is one as well.
  const references = new ColumnSet();
  const pair = (type: string, columns: readonly string[], otherType: string, others: readonly string[]): void => {
    for (const [index, column] of columns.entries()) {
      if (keys.has(type, column)) references.add(otherType, [others[index]!]);
      if (keys.has(otherType, others[index]!)) references.add(type, [column]);
    }
  };
  for (const [typeName, relations] of relationsByType) {
    for (const { from, to, targetType, through } of relations) {
      if (through === null) pair(typeName, from, targetType, to);
      else {
        pair(typeName, from, through.type, through.from);
        pair(through.type, through.to, targetType, to);
      }
    }
  }
  return (typeName, column) => keys.has(typeName, column) || references.has(typeName, column);
}

/** The column as a key. Enums, moments, booleans and fractions keep their scalars: an `ID` would hide what they are. */
export function toKeyColumn(column: ColumnModel): ColumnModel {
  switch (column.scalar) {
    case 'String':
    case 'Int':
    case 'BigInt':
    case 'Bytes':
      return { ...column, scalar: 'ID' };
    default:
      return column;
  }
}
