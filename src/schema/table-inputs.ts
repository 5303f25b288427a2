/** Input types of one table: filter, order, keys and data. */
import type { ColumnModel, KeyModel, TableModel } from '../model/types.ts';
import type { Builder } from './builder.ts';
import type { ColumnType } from './column-types.ts';
import type { filterTypes } from './filters.ts';
import type { SharedTypes } from './shared-types.ts';
import type { WhereTypes } from './where-types.ts';

export interface ColumnTypes {
  readonly typeOf: (column: ColumnModel) => ColumnType;
  readonly filterOf: ReturnType<typeof filterTypes>;
}

const ONE_DESCRIPTION = 'There is a related row, and this holds for it.';

/** Columns that a list can be ordered by. JSON has no order. */
const isOrderable = (column: ColumnModel): boolean => column.scalar !== 'JSON';

/** Columns that an update may set: the primary key says which row it is, and where it lives. */
export const isUpdatable = (table: TableModel, column: ColumnModel): boolean =>
  !column.generated && !table.primaryKey.columns.includes(column);

export function addWhere(table: TableModel, { filterOf }: ColumnTypes, whereTypes: WhereTypes) {
  const where = whereTypes.whereOf(table.typeName);
  return where.implement({
    description: `Conditions on a ${table.typeName}; all of them must hold.`,
    fields: (t) => ({
      ...Object.fromEntries(table.columns.map((column) => [column.name, t.field({ type: filterOf(column) })])),
      ...Object.fromEntries(
        table.relations.map((relation) => [
          relation.name,
          relation.kind === 'one'
            ? t.field({ type: whereTypes.whereOf(relation.targetType), description: ONE_DESCRIPTION })
            : t.field({ type: whereTypes.listWhereOf(relation.targetType) }),
        ]),
      ),
      AND: t.field({ type: [where], description: 'All of these hold.' }),
      OR: t.field({ type: [where], description: 'At least one of these holds; none of an empty list does.' }),
      NOT: t.field({ type: where, description: 'This does not hold.' }),
    }),
  });
}

export function addOrderBy(builder: Builder, table: TableModel, { sortOrder }: SharedTypes) {
  return builder.inputRef<object>(`${table.typeName}OrderBy`).implement({
    description: 'One column, or one value of related rows in the same shard, and its direction.',
    isOneOf: true,
    fields: (t) =>
      Object.fromEntries(
        table.columns.filter(isOrderable).map((column) => [column.name, t.field({ type: sortOrder })]),
      ),
  });
}

export function addKey(builder: Builder, table: TableModel, { typeOf }: ColumnTypes) {
  const composites = new Map(
    [table.primaryKey, ...table.uniqueKeys].map((key) => [key, addCompositeKey(builder, table, key, typeOf)]),
  );
  return builder.inputRef<object>(`${table.typeName}Key`).implement({
    description: `Names one ${table.typeName} by exactly one of its keys; the shard key is given beside it.`,
    isOneOf: true,
    fields: (t) =>
      Object.fromEntries(
        [...composites].map(([key, composite]) => [
          key.byName,
          t.field({ type: composite ?? typeOf(key.byColumns[0]!) }),
        ]),
      ),
  });
}

/** An input type for a key of several columns; null for one column, which needs none. */
function addCompositeKey(builder: Builder, table: TableModel, key: KeyModel, typeOf: ColumnTypes['typeOf']) {
  if (key.byColumns.length === 1) return null;
  const name = `${table.typeName}${key.byName.charAt(0).toUpperCase()}${key.byName.slice(1)}Key`;
  return builder.inputRef<object>(name).implement({
    fields: (t) =>
      Object.fromEntries(
        key.byColumns.map((column) => [column.name, t.field({ type: typeOf(column), required: true })]),
      ),
  });
}

export function addCreateInput(builder: Builder, table: TableModel, { typeOf }: ColumnTypes) {
  return builder.inputRef<object>(`${table.typeName}CreateInput`).implement({
    description: `A new ${table.typeName}. Fields marked as required have no default.`,
    fields: (t) =>
      Object.fromEntries(
        table.columns
          .filter((column) => !column.generated)
          .map((column) => [
            column.name,
            t.field({ type: typeOf(column), description: isRequired(column) ? 'Required.' : undefined }),
          ]),
      ),
  });
}

/**
 * Required columns are nullable in the schema all the same: where a value comes from (the input, a default, the caller's
 * claims, a parent) is known only when the mutation runs, which then names what is missing.
 */
const isRequired = (column: ColumnModel): boolean => column.notNull && !column.hasSqlDefault && !column.defaultFn;

/** Null for tables that have nothing to update. */
export function addUpdateInput(builder: Builder, table: TableModel, { typeOf }: ColumnTypes) {
  if (!table.columns.some((column) => isUpdatable(table, column))) return null;
  const columns = table.columns.filter((column) => !column.generated);
  return builder.inputRef<object>(`${table.typeName}UpdateInput`).implement({
    description: `Columns to set; those left out stay as they are.`,
    fields: (t) =>
      Object.fromEntries(
        columns.map((column) => {
          const description = isUpdatable(table, column) ? undefined : 'Part of the primary key: refused, saying why.';
          return [column.name, t.field({ type: typeOf(column), description })];
        }),
      ),
  });
}
