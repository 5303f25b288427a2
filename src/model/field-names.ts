import type { ModelDraft } from './model-draft.ts';
import type { TableDraft } from './table-draft.ts';
import type { ColumnModel, GlobalIdField, RelationModel } from './types.ts';

/** GraphQL field of a column, by its property in TypeScript: where the global id is called `id`, a column `id` is `rowId`. */
export const fieldNameOf = (globalIdField: GlobalIdField, property: string): string =>
  globalIdField === 'id' && property === 'id' ? 'rowId' : property;

/** The inverse of {@link fieldNameOf}. */
export const propertyOf = (globalIdField: GlobalIdField, fieldName: string): string =>
  globalIdField === 'id' && fieldName === 'rowId' ? 'id' : fieldName;

interface NamedDraft {
  readonly draft: ModelDraft;
  readonly relationsByType: ReadonlyMap<string, readonly RelationModel[]>;
}

/**
 * The drafts with columns called as their fields. The last step before the model is built: all that is said about a
 * declaration names columns as they are declared.
 */
export function withFieldNames({ draft, relationsByType }: NamedDraft): NamedDraft {
  if (draft.globalIdField === 'nodeId') return { draft, relationsByType };
  const nameOf = (property: string): string => fieldNameOf(draft.globalIdField, property);
  const names = (properties: readonly string[]): string[] => properties.map(nameOf);
  const tables = draft.tables.map((table) => renameTable(table, nameOf));
  return {
    draft: {
      ...draft,
      tables,
      tableByType: new Map(tables.map((table) => [table.typeName, table])),
      tableByDrizzle: new Map(tables.map((table) => [table.table, table])),
    },
    relationsByType: new Map(
      [...relationsByType].map(([typeName, relations]) => [
        typeName,
        relations.map((relation) => ({
          ...relation,
          from: names(relation.from),
          to: names(relation.to),
          through: relation.through && {
            ...relation.through,
            from: names(relation.through.from),
            to: names(relation.through.to),
          },
        })),
      ]),
    ),
  };
}

function renameTable(table: TableDraft, nameOf: (property: string) => string): TableDraft {
  const names = (properties: readonly string[]): string[] => properties.map(nameOf);
  const columns = table.columns.map((column): ColumnModel => ({ ...column, name: nameOf(column.name) }));
  return {
    ...table,
    columns,
    columnByName: new Map(columns.map((column) => [column.name, column])),
    shardKey: nameOf(table.shardKey),
    search: table.search && names(table.search),
    softDelete: table.softDelete && nameOf(table.softDelete),
    primaryKey: names(table.primaryKey),
    indexes: table.indexes.map((index) => ({
      ...index,
      columns: index.columns.map((column) => column && nameOf(column)),
    })),
    foreignKeys: table.foreignKeys.map((foreignKey) => ({
      ...foreignKey,
      columns: names(foreignKey.columns),
      targetColumns: names(foreignKey.targetColumns),
    })),
    expressions: table.expressions.map((expression) => ({
      ...expression,
      name:
        expression.kind === 'generated' || expression.kind === 'default' ? nameOf(expression.name) : expression.name,
    })),
    cache: { ...table.cache, strongColumns: names(table.cache.strongColumns) },
  };
}
