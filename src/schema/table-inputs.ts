/** Input types of one table that name its rows and carry their data. */
import {
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
} from 'graphql';
import { compositeKeyName } from '../model/key-names.ts';
import type { ColumnModel, KeyModel, TableModel } from '../model/types.ts';
import { valueTypeName } from './column-types.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Columns that an update may set: the primary key says which row it is, and where it lives. */
const isUpdatable = (table: TableModel, column: ColumnModel): boolean =>
  !column.generated && !table.primaryKey.columns.includes(column);

/** False for tables that have nothing to update. */
export const hasUpdate = (table: TableModel): boolean => table.columns.some((column) => isUpdatable(table, column));

/** Adds the inputs of a table: `XKey` and those of its composite keys, `XCreateInput`, `XUpdateInput`. */
export function addTableInputs(types: TypeRegistry, table: TableModel): void {
  const add = (name: string, config: InputConfig) =>
    types.add(name, () => new GraphQLInputObjectType({ name, ...config }));
  for (const key of keysOf(table)) {
    if (isComposite(key)) add(compositeName(table, key), { fields: () => compositeFields(types, key) });
  }
  add(`${table.typeName}Key`, {
    description: `Names one ${table.typeName} by exactly one of its keys; the shard key is given beside it.`,
    isOneOf: true,
    fields: () => keyFields(types, table),
  });
  add(`${table.typeName}CreateInput`, {
    description: `A new ${table.typeName}. Fields marked as required have no default.`,
    fields: () => dataFields(types, table, (column) => (isRequired(column) ? 'Required.' : undefined)),
  });
  if (!hasUpdate(table)) return;
  add(`${table.typeName}UpdateInput`, {
    description: 'Columns to set; those left out stay as they are.',
    fields: () =>
      dataFields(types, table, (column) => (isUpdatable(table, column) ? undefined : KEY_COLUMN_DESCRIPTION)),
  });
}

type InputConfig = Omit<ConstructorParameters<typeof GraphQLInputObjectType>[0], 'name'>;

const KEY_COLUMN_DESCRIPTION = 'Part of the primary key: refused, saying why.';

const keysOf = ({ primaryKey, uniqueKeys }: TableModel): readonly KeyModel[] => [primaryKey, ...uniqueKeys];

/** A key of one column needs no type of its own. */
const isComposite = ({ byColumns }: KeyModel): boolean => byColumns.length > 1;

const compositeName = ({ typeName }: TableModel, { byName }: KeyModel): string => compositeKeyName(typeName, byName);

const typeOf = (types: TypeRegistry, column: ColumnModel) => types.get(valueTypeName(column)) as GraphQLInputType;

const compositeFields = (types: TypeRegistry, { byColumns }: KeyModel): GraphQLInputFieldConfigMap =>
  Object.fromEntries(byColumns.map((column) => [column.name, { type: new GraphQLNonNull(typeOf(types, column)) }]));

const keyFields = (types: TypeRegistry, table: TableModel): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    keysOf(table).map((key) => [
      key.byName,
      {
        type: isComposite(key)
          ? types.get<GraphQLInputObjectType>(compositeName(table, key))
          : typeOf(types, key.byColumns[0]!),
      },
    ]),
  );

const dataFields = (
  types: TypeRegistry,
  { columns }: TableModel,
  descriptionOf: (column: ColumnModel) => string | undefined,
): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    columns
      .filter((column) => !column.generated)
      .map((column) => [column.name, { type: typeOf(types, column), description: descriptionOf(column) }]),
  );

/**
 * Required columns are nullable in the schema all the same: where a value comes from (the input, a default, the caller's
 * claims, a parent) is known only when the mutation runs, which then names what is missing.
 */
const isRequired = (column: ColumnModel): boolean => column.notNull && !column.hasSqlDefault && !column.defaultFn;
