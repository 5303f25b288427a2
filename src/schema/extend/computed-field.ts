import type {
  FieldNullability,
  InputFieldMap,
  InputShapeFromFields,
  ShapeFromTypeParam,
  TypeParam,
} from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { TablesOf, TypeName } from '../../model/declared-model.ts';
import { isGraphQLName } from '../../model/names.ts';
import type { ColumnName, RowValues } from '../../model/row-values.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { ExtensionContext } from '../../resolvers/extend/extension-context.ts';
import type { ExtensionTypes } from './extension-builder.ts';
import { unknownRoles } from './unknown-roles.ts';

/** Options of a computed field. */
export interface ComputedOptions<
  M extends Model,
  Type extends TypeName<M>,
  Need extends ColumnName<TablesOf<M>[Type]>,
  Param extends TypeParam<ExtensionTypes<M>>,
  Nullable extends FieldNullability<Param>,
  Args extends InputFieldMap,
> {
  /** A scalar's name, a type of the builder, `row(…)`, `connection(…)`, or one of them in brackets for a list. */
  readonly type: Param;
  /** The columns that `resolve` sees. They are read when the field is selected, and only then. */
  readonly needs: readonly Need[];
  readonly args?: Args;
  /** Default true: if the field fails, its siblings keep their data. */
  readonly nullable?: Nullable;
  readonly description?: string;
  /** Roles of access rules that have the field, besides operators. Default: those that may read the columns that it needs. */
  readonly roles?: readonly string[];
  /** `row` holds what `needs` names, and nothing else. */
  readonly resolve: (
    row: Pick<RowValues<TablesOf<M>[Type]>, Need>,
    args: InputShapeFromFields<Args>,
    context: ExtensionContext<M>,
    info: GraphQLResolveInfo,
  ) =>
    | ShapeFromTypeParam<ExtensionTypes<M>, Param, Nullable>
    | Promise<ShapeFromTypeParam<ExtensionTypes<M>, Param, Nullable>>;
}

/** A computed field as declared, without its types. */
export interface ComputedField {
  readonly typeName: string;
  readonly name: string;
  readonly options: {
    readonly type: unknown;
    readonly needs: readonly string[];
    readonly args?: InputFieldMap;
    readonly nullable?: boolean | { readonly items: boolean; readonly list: boolean };
    readonly description?: string;
    readonly roles?: readonly string[];
    readonly resolve: (row: never, args: never, context: ExtensionContext, info: GraphQLResolveInfo) => unknown;
  };
}

const SCALARS = [
  'ID',
  'String',
  'Int',
  'Float',
  'Boolean',
  'DateTime',
  'JSON',
  'Bytes',
  'BigInt',
  'Decimal',
  'Version',
];

/** What is wrong with computed fields, one message each, naming both sides and the remedy. */
export function computedProblems(model: Model, fields: readonly ComputedField[]): string[] {
  const taken = new Set<string>();
  return fields.flatMap((field) => {
    const problem = problemOf(model, field, taken);
    taken.add(`${field.typeName}.${field.name}`);
    return problem === null ? [] : [`computed field ${field.typeName}.${field.name}: ${problem}`];
  });
}

function problemOf(
  model: Model,
  { typeName, name, options }: ComputedField,
  taken: ReadonlySet<string>,
): string | null {
  const table = model.tableByType.get(typeName);
  if (!table)
    return `Expected a type of the model (${listOf(model.tables.map((one) => one.typeName))}), but got "${typeName}". Name the type as in defineModel.`;
  if (!isGraphQLName(name)) return `Expected a GraphQL name, but got "${name}". Use letters, digits and _.`;
  const holder = taken.has(`${typeName}.${name}`) ? 'another computed field' : holderOf(model, table, name);
  if (holder !== null)
    return `Expected a name that is free, but got "${name}", which ${holder} has. Rename the computed field.`;
  const type = Array.isArray(options.type) ? options.type[0] : options.type;
  if (typeof type === 'string' ? !SCALARS.includes(type) : !type) {
    return `Expected the type to be a scalar (${listOf(SCALARS)}), row(…), connection(…) or a type of the builder, but got ${JSON.stringify(type) ?? 'none'}. Correct the type.`;
  }
  const unknown = options.needs.find((need) => !table.columnByName.has(need));
  if (unknown === undefined) return unknownRoles(model, options.roles)[0] ?? null;
  const relation = table.relationByName.has(unknown) ? `the relation "${unknown}"` : `"${unknown}"`;
  return `Expected needs to name columns of ${typeName} (${listOf(table.columns.map((column) => column.name))}), but got ${relation}. Name a column; read related rows in resolve, by context.load or context.list.`;
}

const listOf = (names: readonly string[]): string => names.join(', ');

function holderOf({ globalIdField }: Model, table: TableModel, name: string): string | null {
  const column = table.columnByName.get(name);
  if (column) return `the column "${column.sqlName}" of table "${table.sqlName}"`;
  if (table.relationByName.has(name)) return `the relation "${name}" of ${table.typeName}`;
  return name === globalIdField || name === 'version' ? 'every type' : null;
}
