/** Inputs that carry the data of a table's rows. */
import {
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLNonNull,
} from 'graphql';
import { suppliedColumns } from '../../model/supplied-columns.ts';
import type { ColumnModel, Model, TableModel } from '../../model/types.ts';
import { columnsToWrite } from '../../model/writable-columns.ts';
import { expectsVersions } from '../../resolvers/mutations/compile/expected-version.ts';
import { valueTypeName } from '../column-types.ts';
import { rowRuleDescription, rulesDescription } from '../rules-description.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { relationFields } from './nested-inputs.ts';
import { hasCreate, hasUpdate, isUpdatable } from './writable-tables.ts';

/** Adds `XCreateInput`, `XPartialCreateInput`, `XUpsertInput` and `XUpdateInput`. */
export function addDataInputs(types: TypeRegistry, model: Model, table: TableModel): void {
  const add = (suffix: string, description: string, fields: () => GraphQLInputFieldConfigMap) => {
    const name = `${table.typeName}${suffix}`;
    const type = { name, description: `${description}${rowRuleDescription(table)}`, fields };
    types.add(name, () => new GraphQLInputObjectType(type));
  };
  if (hasCreate(table)) addCreateInputs(types, model, table, add);
  if (!hasUpdate(table)) return;
  add('UpdateInput', 'Columns to set, and what becomes of related rows; what is left out stays as it is.', () => ({
    ...dataFields(table, 'update', (column) => ({
      type: valueTypeOf(types, column),
      description: isUpdatable(table, column) ? undefined : KEY_COLUMN_DESCRIPTION,
    })),
    ...relationFields(types, model, table, 'Update'),
  }));
}

type AddInput = (suffix: string, description: string, fields: () => GraphQLInputFieldConfigMap) => void;

function addCreateInputs(types: TypeRegistry, model: Model, table: TableModel, add: AddInput): void {
  add('CreateInput', `A new ${table.typeName}.`, () => ({
    ...createFields(types, model, table),
    ...relationFields(types, model, table, 'Create'),
  }));
  if (requiresColumns(model, table)) {
    add(
      'PartialCreateInput',
      `A new ${table.typeName}, to which \`by\` or \`refs\` beside it may give columns.`,
      () => ({
        ...createFields(types, model, table, true),
        ...relationFields(types, model, table, 'Create'),
      }),
    );
  }
  add('UpsertInput', `A new ${table.typeName}, or the columns to set of an existing one.`, () => ({
    ...createFields(types, model, table),
    ...relationFields(types, model, table, 'Create'),
    ...(expectsVersions(table) && expectedVersionArgument(types)),
  }));
}

const KEY_COLUMN_DESCRIPTION = 'Part of the primary key, which cannot be changed: refused.';

/**
 * The fields of a new row's columns.
 *
 * @param isPartial `by` or `refs` may give any of them.
 */
const createFields = (
  types: TypeRegistry,
  model: Model,
  table: TableModel,
  isPartial = false,
): GraphQLInputFieldConfigMap =>
  dataFields(table, 'create', (column) => {
    const type = valueTypeOf(types, column);
    if (!isNeeded(column)) return { type };
    if (isSupplied(model, table, column)) return { type, description: suppliedDescription(table, column) };
    return isPartial
      ? { type, description: 'Required, unless `by` or `refs` gives it.' }
      : { type: new GraphQLNonNull(type) };
  });

/** Whether there are columns that the input of a new row requires. */
const requiresColumns = (model: Model, table: TableModel): boolean =>
  columnsToWrite(table, 'create').some((column) => isNeeded(column) && !isSupplied(model, table, column));

/** Whether the row that it is created with may give the value. */
const isSupplied = (model: Model, { typeName }: TableModel, { name }: ColumnModel): boolean =>
  suppliedColumns(model).get(typeName)!.has(name);

const valueTypeOf = (types: TypeRegistry, column: ColumnModel) => types.get(valueTypeName(column)) as GraphQLInputType;

function dataFields(
  table: TableModel,
  verb: 'create' | 'update',
  fieldOf: (column: ColumnModel) => GraphQLInputFieldConfig,
): GraphQLInputFieldConfigMap {
  const given = columnsToWrite(table, verb);
  return Object.fromEntries(given.map((column) => [column.name, describedField(table, column, fieldOf(column))]));
}

/** The field with the rules that its values must keep. */
function describedField(
  table: TableModel,
  column: ColumnModel,
  field: GraphQLInputFieldConfig,
): GraphQLInputFieldConfig {
  const sentences = [field.description, rulesDescription(table, column)].filter(Boolean);
  return sentences.length === 0 ? field : { ...field, description: sentences.join(' ') };
}

/** A row cannot be without it, and nothing fills it in. */
const isNeeded = (column: ColumnModel): boolean => column.notNull && !column.hasSqlDefault && !column.defaultFn;

/** Whether a row brings such a value itself is known only when it is created, which then names what is missing. */
const suppliedDescription = ({ shardKey }: TableModel, column: ColumnModel): string =>
  column === shardKey
    ? 'Required, unless the row that this one is created with gives it, or `refs`, or the argument `shardKey`.'
    : 'Required, unless the row that this one is created with gives it, or `refs`.';
