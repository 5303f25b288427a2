/** Inputs that change columns in place: one for each scalar, which tables share, and one for each table. */
import {
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import type { ColumnModel, Model, TableModel } from '../../model/types.ts';
import { ATOMIC_OPERATORS, type AtomicOperator } from '../../plans/arguments/atomic-operators.ts';
import { valueTypeName } from '../column-types.ts';
import { JSON_PATH_DESCRIPTION } from '../json-filter.ts';
import { listOf } from '../list-of.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { updatableColumns } from './writable-tables.ts';

const DESCRIPTIONS: Readonly<Record<AtomicOperator, string>> = {
  setIfNull: 'The value to take if the column is null; applied first.',
  multiply: 'Multiply by this.',
  increment: 'Add this.',
  decrement: 'Subtract this.',
  min: 'Keep the smaller of the value and this.',
  max: 'Keep the greater of the value and this.',
  prepend: 'Text to put before the current one.',
  append: 'Text to put after the current one.',
  merge:
    'A JSON merge patch (RFC 7396): the given members replace those of the value, at any depth; null removes them.',
  set: 'Values to set at paths. Missing objects on the way are created.',
  unset: 'Paths to remove.',
};

const JSON_APPEND_DESCRIPTION = 'Values to append to the lists at these paths.';

/** The columns that a table's `atomic` can change. Where null is all that could be changed, only those that may be null. */
const atomicColumns = (table: TableModel): readonly ColumnModel[] =>
  updatableColumns(table).filter(({ scalar, notNull }) => ATOMIC_OPERATORS[scalar].length > 1 || !notNull);

/** False for tables that have nothing to change in place. */
export const hasAtomic = (table: TableModel): boolean => atomicColumns(table).length > 0;

/** Adds the inputs of all tables. */
export function addAtomicInputs(types: TypeRegistry, model: Model): void {
  const add = (name: string, description: string, fields: () => GraphQLInputFieldConfigMap) =>
    types.add(name, () => new GraphQLInputObjectType({ name, description, fields }));
  if (model.tables.some((table) => atomicColumns(table).some(({ scalar }) => scalar === 'JSON'))) {
    add('JSONAtPath', 'A value, and where it goes in a JSON value.', () => ({
      path: { type: GraphQLString, description: JSON_PATH_DESCRIPTION },
      value: { type: new GraphQLNonNull(types.get('JSON') as GraphQLInputType) },
    }));
  }
  for (const table of model.tables) {
    const columns = atomicColumns(table);
    if (columns.length === 0) continue;
    for (const column of columns) {
      const name = atomicName(column);
      if (!types.has(name)) add(name, DESCRIPTION, () => operators(types, column));
    }
    add(`${table.typeName}AtomicInput`, 'Columns to change in place; those left out stay as they are.', () =>
      Object.fromEntries(
        columns.map((column) => [column.name, { type: types.get<GraphQLInputObjectType>(atomicName(column)) }]),
      ),
    );
  }
}

const DESCRIPTION =
  'How a column is changed relative to its current value: no other write comes in between. Changes are applied in the order of these fields. Null stays null, unless `setIfNull` gives it a value.';

const atomicName = (column: ColumnModel): string =>
  `${column.scalar === 'String' ? 'Text' : valueTypeName(column)}Atomic`;

function operators(types: TypeRegistry, column: ColumnModel): GraphQLInputFieldConfigMap {
  const fieldOf = column.scalar === 'JSON' ? jsonOperator : plainOperator;
  const names: readonly AtomicOperator[] = ATOMIC_OPERATORS[column.scalar];
  return Object.fromEntries(names.map((operator) => [operator, fieldOf(types, operator, column)]));
}

const plainOperator = (
  types: TypeRegistry,
  operator: AtomicOperator,
  column: ColumnModel,
): GraphQLInputFieldConfig => ({
  type: types.get(valueTypeName(column)) as GraphQLInputType,
  description: DESCRIPTIONS[operator],
});

function jsonOperator(types: TypeRegistry, operator: AtomicOperator): GraphQLInputFieldConfig {
  const description = operator === 'append' ? JSON_APPEND_DESCRIPTION : DESCRIPTIONS[operator];
  switch (operator) {
    case 'set':
    case 'append':
      return { type: listOf(types.get('JSONAtPath') as GraphQLInputType), description };
    case 'unset':
      return { type: listOf(GraphQLString), description };
    default:
      return { type: types.get('JSON') as GraphQLInputType, description };
  }
}
