/** Input types for the rows of a relation, written together with the row that has it. */
import {
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  Kind,
  parseType,
  type TypeNode,
} from 'graphql';
import type { Model, RelationModel, TableModel } from '../../model/types.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { mayRelate, nestedRights } from './nested-rights.ts';
import { partialCreateInput } from './partial-create-input.ts';
import { hasCreate, hasUpdate } from './writable-tables.ts';

interface NestedInput {
  readonly description: string;
  readonly isOneOf?: true;
  /** What the caller's role must be allowed for it to be of use. */
  readonly needs?: string;
  /** Types as GraphQL writes them; `X` is the table. */
  readonly fields: Readonly<Record<string, readonly [type: string, description: string]>>;
}

const CREATE_ROW = ['XCreateInput', 'A new row.'] as const;
const CONNECT_ROW = ['XKey', 'An existing row.'] as const;
const CONNECT_OR_CREATE_ROW = ['XConnectOrCreateInput', 'An existing row, or else a new one.'] as const;
const CHANGES = {
  atomic: ['XAtomicInput', 'Columns to change in place.'],
  expectedVersion: ['Version', 'Write only if the row still has this version; else the error is `CONFLICT`.'],
} as const;
const BY = ['XKey!', 'Names the row.'] as const;
const CREATE = ['XCreateInput!', 'The new row, if there is none.'] as const;
/** Beside `by`, whose columns it may leave out. */
const CREATE_BY = ['XPartialCreateInput!', CREATE[1]] as const;
const UPDATE = ['XUpdateInput', 'Columns to set, if there is one.'] as const;
const DATA = ['XUpdateInput', 'Columns to set.'] as const;

const CREATE_ROWS = {
  create: ['[XCreateInput!]', 'New rows.'],
  connect: ['[XKey!]', 'Existing rows, whatever they belonged to before.'],
  connectOrCreate: ['[XConnectOrCreateInput!]', 'Existing rows, or else new ones.'],
} as const;

/** By the ending of their names. */
const SHARED_INPUTS: Readonly<Record<string, NestedInput>> = {
  ConnectOrCreateInput: {
    needs: 'create',
    description: 'An existing row, or else a new one.',
    fields: { by: BY, create: CREATE_BY },
  },
};

const TO_ONE_CREATE_INPUTS: Readonly<Record<string, NestedInput>> = {
  ToOneCreateInput: {
    description: 'The row that a new row is related to: exactly one of these.',
    isOneOf: true,
    fields: { create: CREATE_ROW, connect: CONNECT_ROW, connectOrCreate: CONNECT_OR_CREATE_ROW },
  },
};

const TO_ONE_UPDATE_INPUTS: Readonly<Record<string, NestedInput>> = {
  ToOneUpdateInput: {
    description: 'What becomes of the related row: exactly one of these.',
    isOneOf: true,
    fields: {
      create: CREATE_ROW,
      connect: CONNECT_ROW,
      connectOrCreate: CONNECT_OR_CREATE_ROW,
      disconnect: ['Boolean', '`true`: the row is no longer related, but stays. `false`: nothing changes.'],
      update: ['XUpdateRelatedInput', 'Changes it.'],
      upsert: ['XUpsertRelatedInput', 'Changes it, or creates it if there is none.'],
      delete: ['Boolean', '`true`: deletes it. `false`: nothing changes.'],
    },
  },
  UpdateRelatedInput: {
    needs: 'update',
    description: 'Changes of the related row.',
    fields: { data: DATA, ...CHANGES },
  },
  UpsertRelatedInput: {
    needs: 'upsert',
    description: 'Changes of the related row, or a new one.',
    fields: { create: CREATE, update: UPDATE, ...CHANGES },
  },
};

const TO_MANY_CREATE_INPUTS: Readonly<Record<string, NestedInput>> = {
  ToManyCreateInput: { description: 'Rows that are related to a new row.', fields: CREATE_ROWS },
};

const TO_MANY_UPDATE_INPUTS: Readonly<Record<string, NestedInput>> = {
  ToManyUpdateInput: {
    description:
      'What becomes of related rows, in this order: `delete`, `disconnect`, `set`, `update`, `upsert`, `connect`, `connectOrCreate`, `create`.',
    fields: {
      delete: ['[XDeleteOneInput!]', 'Deletes related rows.'],
      disconnect: ['[XKey!]', 'Rows that are no longer related; they stay.'],
      set: ['[XKey!]', 'All that are related from now on; others are disconnected.'],
      update: ['[XUpdateOneInput!]', 'Changes related rows.'],
      upsert: ['[XUpsertOneInput!]', 'Changes related rows, or creates them.'],
      ...CREATE_ROWS,
    },
  },
  DeleteOneInput: {
    needs: 'delete',
    description: 'Names a row that is deleted.',
    fields: { by: BY, expectedVersion: CHANGES.expectedVersion },
  },
  UpdateOneInput: { description: 'Changes of one row.', fields: { by: BY, data: DATA, ...CHANGES } },
  UpsertOneInput: {
    needs: 'upsert',
    description: 'Changes of one row, or a new one.',
    fields: { by: BY, create: CREATE_BY, update: UPDATE, ...CHANGES },
  },
};

/** Adds the inputs of the tables that relations lead to, as far as the tables that have the relations can be written. */
export function addNestedInputs(types: TypeRegistry, model: Model): void {
  const targetsOf = (kind: RelationModel['kind'], verb: 'create' | 'update') => {
    const relations = model.tables
      .filter(verb === 'create' ? hasCreate : hasUpdate)
      .flatMap((table) => table.relations.filter((relation) => mayRelate(model, table, relation, verb)))
      .filter((relation) => relation.kind === kind);
    return new Set(relations.map(({ targetType }) => model.table(targetType)));
  };
  const [toOne, toOneOfUpdated] = [targetsOf('one', 'create'), targetsOf('one', 'update')];
  const [toMany, toManyOfUpdated] = [targetsOf('many', 'create'), targetsOf('many', 'update')];
  const add = (tables: Iterable<TableModel>, inputs: Readonly<Record<string, NestedInput>>) => {
    for (const table of tables) addInputs(types, model, table, inputs);
  };
  add(new Set([...toOne, ...toMany, ...toOneOfUpdated, ...toManyOfUpdated]), SHARED_INPUTS);
  add(toOne, TO_ONE_CREATE_INPUTS);
  add(toOneOfUpdated, TO_ONE_UPDATE_INPUTS);
  add(toMany, TO_MANY_CREATE_INPUTS);
  add(toManyOfUpdated, TO_MANY_UPDATE_INPUTS);
}

/** The fields of a table's relations in its create or update input. */
export const relationFields = (
  types: TypeRegistry,
  model: Model,
  table: TableModel,
  verb: 'Create' | 'Update',
): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    table.relations
      .filter((relation) => mayRelate(model, table, relation, verb === 'Create' ? 'create' : 'update'))
      .flatMap(({ name, kind, targetType, colocated }) => {
        const type = types.find(`${targetType}To${kind === 'one' ? 'One' : 'Many'}${verb}Input`);
        if (type === undefined) return [];
        const description = colocated
          ? undefined
          : 'Its rows may live in other shards, so this is refused; the error says what to do instead.';
        return [[name, { type: type as GraphQLInputObjectType, description }]];
      }),
  );

function addInputs(
  types: TypeRegistry,
  model: Model,
  table: TableModel,
  inputs: Readonly<Record<string, NestedInput>>,
): void {
  const rights = nestedRights(model, table);
  for (const [suffix, { needs, fields, ...config }] of Object.entries(inputs)) {
    if (needs !== undefined && rights[needs] === false) continue;
    const isMany = suffix.startsWith('ToMany');
    const isAllowed = (name: string) => (rights[name] ?? true) && (!isMany || (rights[`many ${name}`] ?? true));
    // What names the row, and what is done with it, are asked for by the field around it.
    const allowed =
      needs === undefined ? Object.fromEntries(Object.entries(fields).filter(([name]) => isAllowed(name))) : fields;
    if (Object.keys(allowed).length === 0) continue;
    const name = `${table.typeName}${suffix}`;
    types.add(
      name,
      () => new GraphQLInputObjectType({ name, ...config, fields: () => fieldsOf(types, table, allowed) }),
    );
  }
}

/** Without those for what a table lacks: an `XUpdateInput`, say, where there are key columns only. */
const fieldsOf = (
  types: TypeRegistry,
  table: TableModel,
  fields: NestedInput['fields'],
): GraphQLInputFieldConfigMap => {
  const partial = hasCreate(table) ? partialCreateInput(types, table).name : '';
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, [text, description]]) => {
      const named = text.replace('XPartialCreateInput', partial).replace('X', table.typeName);
      const type = inputType(types, parseType(named));
      return type ? [[field, { type, description }]] : [];
    }),
  );
};

function inputType(types: TypeRegistry, node: TypeNode): GraphQLInputType | undefined {
  if (node.kind === Kind.NAMED_TYPE) return types.find(node.name.value) as GraphQLInputType | undefined;
  const inner = inputType(types, node.type);
  if (inner === undefined) return undefined;
  return node.kind === Kind.LIST_TYPE ? new GraphQLList(inner) : new GraphQLNonNull(inner as never);
}
