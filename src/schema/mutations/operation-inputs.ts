/** `OperationInput`, and what operations of a transaction have besides the arguments of their root fields. */
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, GraphQLNonNull, GraphQLString } from 'graphql';
import { type MutationKind, mutationName, operationInputName } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { columnsToWrite } from '../../model/writable-columns.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { MUTATION_FIELDS, mutationsOf } from './mutation-fields.ts';
import { partialCreateInput } from './partial-create-input.ts';
import { updatableColumns } from './writable-tables.ts';

/** Mutations after which the row is there, and those that give it columns. */
const STAYING: readonly MutationKind[] = ['create', 'update', 'upsert', 'restore'];
const REFERRING: readonly MutationKind[] = ['create', 'update', 'upsert'];

const AS = {
  type: GraphQLString,
  description: 'A name for the row, by which `refs` of later operations take its columns.',
};

const REFS_DESCRIPTION = 'Columns that take their values from the rows of earlier operations.';

/** Adds `OperationInput`, with a member for each mutation of each table, and what it contains. */
export function addOperationInputs(types: TypeRegistry, model: Model): void {
  if (!model.tables.some((table) => mutationsOf(table).length > 0)) return;
  const add = (name: string, description: string, fields: () => GraphQLInputFieldConfigMap, isOneOf = false) =>
    types.add(name, () => new GraphQLInputObjectType({ name, description, isOneOf, fields }));
  add('RowRef', 'A column of the row that an earlier operation has written.', () => ({
    from: { type: new GraphQLNonNull(GraphQLString), description: 'The name (`as`) of the earlier operation.' },
    field: { type: new GraphQLNonNull(GraphQLString), description: 'The column, by its field name.' },
  }));
  for (const table of model.tables) {
    const kinds = mutationsOf(table);
    if (kinds.some((kind) => REFERRING.includes(kind)))
      add(`${table.typeName}Refs`, REFS_DESCRIPTION, () => refsFields(types, table));
    for (const kind of kinds) {
      add(operationInputName(kind, table), `As the field \`${mutationName(kind, table)}\`.`, () =>
        operationFields(types, table, kind),
      );
    }
  }
  const members = () =>
    Object.fromEntries(
      model.tables.flatMap((table) =>
        mutationsOf(table).map((kind) => [
          mutationName(kind, table),
          { type: types.get<GraphQLInputObjectType>(operationInputName(kind, table)) },
        ]),
      ),
    );
  add('OperationInput', 'One operation of a transaction: exactly one of these.', members, true);
}

const refsFields = (types: TypeRegistry, table: TableModel): GraphQLInputFieldConfigMap => {
  const type = types.get<GraphQLInputObjectType>('RowRef');
  const columns = new Set([...columnsToWrite(table, 'create'), ...updatableColumns(table)]);
  return Object.fromEntries([...columns].map(({ name }) => [name, { type }]));
};

/** The arguments of the root field. Rows that stay can be referred to, and columns that are written can refer. */
function operationFields(types: TypeRegistry, table: TableModel, kind: MutationKind): GraphQLInputFieldConfigMap {
  const { args } = MUTATION_FIELDS[kind];
  const { dryRun: _, ...fields } = args(types, table) as GraphQLInputFieldConfigMap;
  const name = kind === 'upsert' ? 'create' : 'data';
  const partial = () => ({ type: new GraphQLNonNull(partialCreateInput(types, table)) });
  const refs = () => ({
    refs: { type: types.get<GraphQLInputObjectType>(`${table.typeName}Refs`), description: REFS_DESCRIPTION },
  });
  return {
    ...fields,
    ...((kind === 'create' || kind === 'upsert') && { [name]: { ...fields[name], ...partial() } }),
    ...(STAYING.includes(kind) && { as: AS }),
    ...(REFERRING.includes(kind) && refs()),
  };
}
