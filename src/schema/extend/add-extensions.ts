import { type FieldMap, type FieldRef, PothosError } from '@pothos/core';
import { isObjectType, validateSchema } from 'graphql';
import type { Model } from '../../model/types.ts';
import { type WrittenResolve, writtenResolver } from '../../resolvers/extend/written-resolver.ts';
import { roleExtensions, roleOf } from '../../resolvers/field-role.ts';
import type { Builder } from '../builder.ts';
import type { DeclaredTypes } from '../declared-types.ts';
import { type LazySchemaParts, SchemaPart } from '../lazy-schema.ts';
import { listArgumentRefs } from '../list-arguments.ts';
import type { TypeRefs } from '../type-refs.ts';
import type { TypeRegistry } from '../type-registry.ts';
import type { ComputedField } from './computed-field.ts';
import type { Extensions } from './define-extensions.ts';
import { ExtensionError } from './extension-error.ts';

/** What is known of users' fields once they are declared. */
export interface Written {
  /** Computed fields by type name. */
  readonly computedByType: ReadonlyMap<string, readonly ComputedField[]>;
  /** Names of users' own types. */
  readonly types: ReadonlySet<string>;
  /** Names of the types that have fields of users. */
  readonly extended: ReadonlySet<string>;
}

export const NO_EXTENSIONS: Written = { computedByType: new Map(), types: new Set(), extended: new Set() };

/** Users may declare root types again: it adds fields to those that are there. */
const ROOTS: readonly string[] = ['Query', 'Mutation'];

interface SchemaTools {
  readonly builder: Builder;
  readonly types: TypeRegistry;
  readonly declared: DeclaredTypes;
  readonly refs: TypeRefs;
}

/** Lets users declare their fields with the builder that the generated types are made with. */
export function declareExtensions({ model, declare }: Extensions, tools: SchemaTools): Written {
  const { builder, types, declared, refs } = tools;
  const computedByType = new Map<string, ComputedField[]>();
  const marks = markWritten(builder, refs, () =>
    declare({
      builder: builder as never,
      computed: (typeName, name, options) => {
        const fields = computedByType.get(typeName) ?? [];
        computedByType.set(typeName, fields);
        fields.push({ typeName, name, options } as never);
      },
      row: (type) => refs.row(type) as never,
      connection: (type) => refs.connection(type) as never,
      listArguments: (type) => listArgumentRefs(builder, types, refs, model.tableByType.get(type)!) as never,
    }),
  );
  for (const name of marks.types) types.add(name, () => declared.type(name));
  return { computedByType, types: marks.types, extended: new Set([...marks.extended, ...computedByType.keys()]) };
}

/**
 * Runs `declare` and marks what it adds: fields of generated types (and root fields) by their role, types by name. The
 * builder's store is where all its ways to add fields meet.
 */
function markWritten({ configStore }: Builder, refs: TypeRefs, declare: () => void) {
  const types = new Set<string>();
  const extended = new Set<string>();
  const { addFields, addTypeRef } = configStore;
  configStore.addFields = (type, fields) => {
    extended.add(typeof type === 'string' ? type : (type as { readonly name: string }).name);
    addFields.call(configStore, type, () => marked(fields()));
  };
  configStore.addTypeRef = (ref) => {
    if (!refs.owns(ref) && !ROOTS.includes(ref.kind)) types.add(ref.name);
    addTypeRef.call(configStore, ref as never);
  };
  try {
    declare();
  } finally {
    configStore.addFields = addFields;
    configStore.addTypeRef = addTypeRef;
  }
  return { types, extended };
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

/**
 * Gives users' fields the context and the answers that they have. What is generated from the model alone is valid.
 *
 * @throws {ExtensionError} if a type that users wrote or added to is not valid.
 */
export function finishExtensions(written: Written, model: Model, parts: LazySchemaParts): void {
  const names = [...new Set([...written.extended, ...written.types])].filter((name) => parts.types.has(name));
  const errors = validateSchema(new SchemaPart(parts, names));
  if (errors.length > 0) throw new ExtensionError(errors.map(({ message }) => message));
  for (const name of names) {
    const type = parts.types.find(name);
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const kind = roleOf(field)?.kind;
      if (kind !== 'written' && kind !== 'computed' && !written.types.has(name)) continue;
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
