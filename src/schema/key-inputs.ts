/** Inputs that name a row of a table by one of its keys. */
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

/** Adds `XKey`, and an input for each key of several columns. */
export function addKeyInputs(types: TypeRegistry, table: TableModel): void {
  for (const key of keysOf(table)) {
    if (!isComposite(key)) continue;
    const name = compositeName(table, key);
    types.add(name, () => new GraphQLInputObjectType({ name, fields: () => compositeFields(types, key) }));
  }
  const name = `${table.typeName}Key`;
  const description = `Names one ${table.typeName} by exactly one of its keys; the shard key is given beside it.`;
  types.add(
    name,
    () => new GraphQLInputObjectType({ name, description, isOneOf: true, fields: () => keyFields(types, table) }),
  );
}

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
