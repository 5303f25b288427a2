import { type FieldMap, type FieldRef, PothosError } from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { Model, TableModel } from '../../model/types.ts';
import { roleExtensions } from '../../plans/field-role.ts';
import type { Builder } from '../builder.ts';
import type { DeclaredTypes } from '../declared-types.ts';
import { listArgumentRefs } from '../list-arguments.ts';
import type { TypeRefs } from '../type-refs.ts';
import type { TypeRegistry } from '../type-registry.ts';
import type { ComputedField } from './computed-field.ts';
import type { Extensions } from './define-extensions.ts';
import { ExtensionError } from './extension-error.ts';
import type { VisibleFields } from './visible-fields.ts';

/** What is known of users' fields once they are declared. */
export interface DeclaredExtensions {
  /** Computed fields by type name. */
  readonly computedByType: ReadonlyMap<string, readonly ComputedField[]>;
  /** Names of users' own types. */
  readonly types: ReadonlySet<string>;
  /** Names of the types that have fields of users which may turn out to be wrong. */
  readonly extended: ReadonlySet<string>;
}

export const NO_EXTENSIONS: DeclaredExtensions = { computedByType: new Map(), types: new Set(), extended: new Set() };

/** Users may declare root types again: it adds fields to those that are there, and a description. */
const ROOTS: readonly string[] = ['Query', 'Mutation'];

interface SchemaTools {
  /** As the schema has it. */
  readonly model: Model;
  /** Which fields a role has; null: all of them. */
  readonly visible: VisibleFields | null;
  readonly builder: Builder;
  readonly types: TypeRegistry;
  readonly declared: DeclaredTypes;
  readonly refs: TypeRefs;
}

/** Lets users declare their fields with the builder that the generated types are made with. */
export function declareExtensions({ declare }: Extensions, tools: SchemaTools): DeclaredExtensions {
  const { model, visible, builder, types, declared, refs } = tools;
  const computedByType = new Map<string, ComputedField[]>();
  const marks = markUserFields(builder, refs, visible, () =>
    declare({
      builder: builder as never,
      computed: (typeName, name, options) => {
        const table = model.tableByType.get(typeName);
        // A role that does not see what the field is made of does not see the field.
        if (
          visible &&
          !(table && options.needs.every((need) => isReadable(table, need)) && visible.hasField(typeName, name))
        )
          return;
        const fields = computedByType.get(typeName) ?? [];
        computedByType.set(typeName, fields);
        fields.push({ typeName, name, options } as never);
      },
      row: (type) => refs.row(type) as never,
      connection: (type) => refs.connection(type) as never,
      listArguments: (type) => {
        const table = model.tableByType.get(type);
        // Only the fields that a role does not have take none.
        return (table ? listArgumentRefs(builder, types, refs, table) : {}) as never;
      },
    }),
  );
  for (const name of marks.types) types.add(name, () => declared.type(name));
  const toCheck = [...computedByType.values()].flat().filter((field) => !isPlain(field));
  const extended = new Set([...marks.extended, ...toCheck.map(({ typeName }) => typeName)]);
  return { computedByType, types: marks.types, extended };
}

const isReadable = ({ rules }: TableModel, column: string): boolean => rules === null || rules.columns.has(column);

/** Its name and its scalar have been checked when it was defined, and that is all there is. */
const isPlain = ({ options: { type, args } }: ComputedField): boolean =>
  args === undefined && typeof [type].flat()[0] === 'string';

/**
 * Runs `declare` and marks what it adds: fields of generated types (and root fields) by their role, types by name. The
 * builder's store is where all its ways to add fields meet.
 */
function markUserFields({ configStore }: Builder, refs: TypeRefs, visible: VisibleFields | null, declare: () => void) {
  const types = new Set<string>();
  const extended = new Set<string>();
  const { addFields, addTypeRef } = configStore;
  configStore.addFields = (type, fields) => {
    const name = typeof type === 'string' ? type : (type as { readonly name: string }).name;
    extended.add(name);
    addFields.call(configStore, type, () => marked(visible ? visibleFields(visible, name, fields()) : fields()));
  };
  configStore.addTypeRef = (ref) => {
    const isOwn = !refs.owns(ref) && !ROOTS.includes(ref.name);
    if (isOwn && (visible?.hasType(ref.name) ?? true)) types.add(ref.name);
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

const visibleFields = (visible: VisibleFields, typeName: string, fields: FieldMap): FieldMap =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => visible.hasField(typeName, name)));

function marked(fields: FieldMap): FieldMap {
  for (const field of Object.values(fields) as FieldRef<never>[]) {
    field.updateConfig((config) => ({
      ...config,
      extensions: { ...config.extensions, ...roleExtensions({ kind: 'user' }) },
    }));
  }
  return fields;
}

/** Makes a schema; what Pothos or GraphQL.js find wrong in one with users' declarations is reported as their mistake. */
export function explainClashes<T>(extensions: Extensions | undefined, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!extensions || !(error instanceof PothosError || error instanceof GraphQLError)) throw error;
    const remedy = error.message.endsWith('has not been implemented')
      ? 'Implement it; those of generated types are row(…) and connection(…).'
      : 'Rename what the extensions declare: generated types and fields keep their names.';
    throw new ExtensionError([`${error.message.replace(/\.?$/, '.')} ${remedy}`]);
  }
}
