import { type FieldMap, type FieldRef, PothosError } from '@pothos/core';
import { type GraphQLSchema, isObjectType, validateSchema } from 'graphql';
import type { Model, TableModel } from '../../model/types.ts';
import { type WrittenResolve, writtenResolver } from '../../resolvers/extend/written-resolver.ts';
import { roleExtensions, roleOf } from '../../resolvers/field-role.ts';
import type { Builder } from '../builder.ts';
import { type ListInputs, listArguments } from '../list-arguments.ts';
import type { TableRefs } from '../table-refs.ts';
import type { ComputedField } from './computed-field.ts';
import type { Extensions } from './define-extensions.ts';
import { ExtensionError } from './extension-error.ts';

/** What is known of users' fields once they are declared. */
export interface AddedExtensions {
  /** Computed fields by type name. */
  readonly computedByType: ReadonlyMap<string, readonly ComputedField[]>;
  /** Gives the schema's users' fields the context and the answers that they have; throws `ExtensionError` if it is not valid. */
  finish(schema: GraphQLSchema): void;
}

export const NO_EXTENSIONS: AddedExtensions = { computedByType: new Map(), finish: () => {} };

/** Lets users declare their fields with the builder that the generated types are made with. */
export function addExtensions(
  builder: Builder,
  { model, declare }: Extensions,
  refsByType: ReadonlyMap<string, TableRefs>,
  listInputsOf: (table: TableModel) => ListInputs,
): AddedExtensions {
  const computedByType = new Map<string, ComputedField[]>();
  const writtenTypes = markWritten(builder, () =>
    declare({
      builder: builder as never,
      computed: (typeName, name, options) => {
        const fields = computedByType.get(typeName) ?? [];
        computedByType.set(typeName, fields);
        fields.push({ typeName, name, options } as never);
      },
      row: (type) => refsByType.get(type)!.row as never,
      connection: (type) => refsByType.get(type)!.connection as never,
      listArguments: (type) => listArguments(builder, listInputsOf(model.tableByType.get(type)!)) as never,
    }),
  );
  return { computedByType, finish: (schema) => finish(schema, model, writtenTypes) };
}

/**
 * Runs `declare` and marks what it adds: fields of generated types (and root fields) by their role, types by name. The
 * builder's store is where all its ways to add fields meet.
 */
function markWritten({ configStore }: Builder, declare: () => void): ReadonlySet<string> {
  const types = new Set<string>();
  const { addFields, addTypeRef } = configStore;
  configStore.addFields = (type, fields) => addFields.call(configStore, type, () => marked(fields()));
  configStore.addTypeRef = (ref) => {
    types.add(ref.name);
    addTypeRef.call(configStore, ref as never);
  };
  try {
    declare();
  } finally {
    configStore.addFields = addFields;
    configStore.addTypeRef = addTypeRef;
  }
  return types;
}

function marked(fields: FieldMap): FieldMap {
  for (const field of Object.values(fields) as FieldRef<never>[]) {
    field.updateConfig((config) => ({
      ...config,
      extensions: { ...config.extensions, ...roleExtensions({ kind: 'written' }) },
    }));
  }
  return fields;
}

function finish(schema: GraphQLSchema, model: Model, writtenTypes: ReadonlySet<string>): void {
  const errors = validateSchema(schema);
  if (errors.length > 0) throw new ExtensionError(errors.map(({ message }) => message));
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const kind = roleOf(field)?.kind;
      if (kind !== 'written' && kind !== 'computed' && !writtenTypes.has(type.name)) continue;
      if (kind === undefined) field.extensions = { ...field.extensions, ...roleExtensions({ kind: 'written' }) };
      if (field.resolve) field.resolve = writtenResolver(field.resolve as WrittenResolve, field.type, model);
    }
  }
}

/** Makes a schema; what Pothos finds wrong once there are users' declarations is told as theirs. */
export function explainClashes<T>(extensions: Extensions | undefined, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!extensions || !(error instanceof PothosError)) throw error;
    throw new ExtensionError([
      `${error.message.replace(/\.?$/, '.')} Rename what the extensions declare: generated types and fields keep their names.`,
    ]);
  }
}
