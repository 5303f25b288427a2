import type { ArgumentRef, FieldNullability, InputFieldMap, ObjectRef, TypeParam } from '@pothos/core';
import type { TablesOf, TypeName } from '../../model/declared-model.ts';
import type { ColumnName } from '../../model/row-values.ts';
import type { Model } from '../../model/types.ts';
import type { ListArguments, RowReference } from '../../resolvers/extend/data-types.ts';
import type { ListReference } from '../../resolvers/extend/list-reference.ts';
import { createBuilder } from '../builder.ts';
import { type ComputedField, type ComputedOptions, computedProblems } from './computed-field.ts';
import type { ExtensionBuilder, ExtensionTypes } from './extension-builder.ts';
import { ExtensionError } from './extension-error.ts';

/** What a field of a row's type gets as its parent: nothing that can be read. `computed` is for fields that need columns. */
type OpaqueRow = Record<never, never>;

/** Arguments of a generated list, for a field that passes them on to `context.connection` or `context.list`. */
type ListArgumentRefs<M extends Model, Type extends TypeName<M>> = {
  readonly [Name in Exclude<keyof ListArguments<M, Type>, 'shardKey'>]-?: ArgumentRef<
    ExtensionTypes<M>,
    ListArguments<M, Type>[Name]
  >;
};

/** The tools to write fields with, for one model and no other: `in out` spares the compiler minutes of comparing. */
interface ExtensionApi<in out M extends Model> {
  /** The Pothos builder that the schema is made with: root fields, fields of generated types, types of your own. */
  readonly builder: ExtensionBuilder<M>;
  /** Adds a field that is computed from columns of its row. */
  computed<
    Type extends TypeName<M>,
    const Need extends ColumnName<TablesOf<M>[Type]>,
    const Param extends TypeParam<ExtensionTypes<M>>,
    const Nullable extends FieldNullability<Param> = true,
    Args extends InputFieldMap = Record<never, never>,
  >(type: Type, field: string, options: ComputedOptions<M, Type, Need, Param, Nullable, Args>): void;
  /** The type of a table's rows. A field of it gives a row that `context` gave, or an object with the row's primary key. */
  row<Type extends TypeName<M>>(type: Type): ObjectRef<ExtensionTypes<M>, RowReference<M, Type>, OpaqueRow>;
  /** The type of a page of a table's rows. A field of it gives `context.connection(…)`. */
  connection<Type extends TypeName<M>>(type: Type): ObjectRef<ExtensionTypes<M>, ListReference, OpaqueRow>;
  /** The arguments of a table's lists. */
  listArguments<Type extends TypeName<M>>(type: Type): ListArgumentRefs<M, Type>;
}

/** Extensions of a model, for `createWorker`. */
export interface Extensions {
  readonly model: Model;
  /** Declares everything with the given tools: once for each schema that is made. */
  readonly declare: (api: ExtensionApi<Model>) => void;
}

/**
 * Declares fields of your own for a model. `declare` must do nothing but declare: it runs once here, so that what is
 * wrong shows when the Worker starts, and once more for each schema.
 *
 * @throws {ExtensionError} naming all computed fields that are wrong, both origins and the remedy.
 */
export function defineExtensions<M extends Model>(model: M, declare: (api: ExtensionApi<M>) => void): Extensions {
  const extensions: Extensions = { model, declare: declare as never };
  const builder = createBuilder();
  const fields: ComputedField[] = [];
  const typeRef = (name: string) => builder.objectRef(name);
  extensions.declare({
    builder: builder as never,
    computed: (typeName, name, options) => void fields.push({ typeName, name, options } as never),
    row: (type) => typeRef(type) as never,
    connection: (type) => typeRef(`${type}Connection`) as never,
    listArguments: () => ({}) as never,
  });
  const problems = computedProblems(model, fields);
  if (problems.length > 0) throw new ExtensionError(problems);
  return extensions;
}
