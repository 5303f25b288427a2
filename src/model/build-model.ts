/** From sound drafts to the model that all layers share. */
import { violated } from '../lib/invariant.ts';
import { buildRoles } from './access/build-roles.ts';
import { findKeyColumns, toKeyColumn } from './key-columns.ts';
import { byColumnsOf, byNameOf, PRIMARY_KEY, type UniqueKey, uniqueKeysOf } from './key-names.ts';
import { type ModelDraft, targetOf } from './model-draft.ts';
import { addRowVersion } from './physical.ts';
import type { TableDraft } from './table-draft.ts';
import type { ColumnModel, KeyModel, Model, RelationModel, TableModel } from './types.ts';
import { buildValidation } from './validation.ts';

export function buildModel(
  draft: ModelDraft,
  domainByType: ReadonlyMap<string, string>,
  relationsByType: ReadonlyMap<string, readonly RelationModel[]>,
): Model {
  const isKey = findKeyColumns(draft, relationsByType);
  const tables = draft.tables.map((table) => {
    const columns = table.columns.map((column) => (isKey(table.typeName, column.name) ? toKeyColumn(column) : column));
    return buildTable(draft, table, columns, domainByType.get(table.typeName)!, relationsByType.get(table.typeName));
  });
  let physicalTables: Model['physicalTables'] | undefined;
  let roles: Model['roles'] | undefined;
  return {
    tables,
    tableByType: new Map(tables.map((table) => [table.typeName, table])),
    table(type) {
      return this.tableByType.get(type) ?? violated(`Expected a table of the model, but got ${type}.`);
    },
    globalIdField: draft.globalIdField,
    insertOrder: insertOrder(tables),
    // Shards and migrations ask for them, the Worker does not.
    get physicalTables() {
      physicalTables ??= Object.fromEntries(
        draft.tables.map(({ typeName, table }) => [typeName, addRowVersion(table)]),
      );
      return physicalTables;
    },
    // Not at each start: most requests of operators and shards never ask.
    get roles() {
      roles ??= buildRoles(draft, this);
      return roles;
    },
  };
}

function buildTable(
  draft: ModelDraft,
  table: TableDraft,
  columns: readonly ColumnModel[],
  domain: string,
  relations: readonly RelationModel[] = [],
): TableModel {
  const columnByName = new Map(columns.map((column) => [column.name, column]));
  const column = (name: string): ColumnModel => columnByName.get(name)!;
  return {
    typeName: table.typeName,
    single: table.single,
    list: table.list,
    sqlName: table.sqlName,
    domain,
    shardKey: column(table.shardKey),
    globalIdField: draft.globalIdField,
    search: (table.search ?? []).map(column),
    columns,
    columnByName,
    primaryKey: buildKey({ name: PRIMARY_KEY, columns: table.primaryKey, liveOnly: false }, column, table.shardKey),
    uniqueKeys: uniqueKeysOf(table).map((key) => buildKey(key, column, table.shardKey)),
    foreignKeys: table.foreignKeys.map((foreignKey) => ({
      columns: foreignKey.columns.map(column),
      targetType: targetOf(draft, foreignKey)!.typeName,
      targetColumns: foreignKey.targetColumns,
      onDelete: foreignKey.onDelete,
      onUpdate: foreignKey.onUpdate,
    })),
    indexes: table.indexes,
    checks: table.checks,
    expressions: table.expressions,
    relations,
    relationByName: new Map(relations.map((relation) => [relation.name, relation])),
    cache: table.cache,
    softDelete: table.softDelete === null ? null : column(table.softDelete),
    validation: buildValidation(table, columnByName, draft.globalIdField),
    rules: null,
  };
}

function buildKey(
  { name, columns: names, liveOnly }: UniqueKey,
  column: (name: string) => ColumnModel,
  shardKey: string,
): KeyModel {
  const columns = names.map(column);
  const byColumns = byColumnsOf(names, shardKey);
  return {
    name,
    columns,
    names,
    liveOnly,
    byColumns: columns.filter((column) => byColumns.includes(column.name)),
    byName: byNameOf(byColumns),
  };
}

/** Depth first along foreign keys. A cycle of them (through nullable columns) is entered at its first declared table. */
function insertOrder(tables: readonly TableModel[]): string[] {
  const tableByType = new Map(tables.map((table) => [table.typeName, table]));
  const visited = new Set<string>();
  const order: string[] = [];
  const visit = (table: TableModel): void => {
    if (visited.has(table.typeName)) return;
    visited.add(table.typeName);
    for (const { targetType } of table.foreignKeys) visit(tableByType.get(targetType)!);
    order.push(table.typeName);
  };
  for (const table of tables) visit(table);
  return order;
}
