import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType } from 'graphql';
import { withArticle } from '../model/names.ts';
import type { Model, TableModel } from '../model/types.ts';
import { QUANTIFIERS, type Quantifier } from '../plans/filter/relation-filter.ts';
import { aggregateFilterFields } from './aggregate-filters.ts';
import { filterName } from './column-types.ts';
import { listOf } from './list-of.ts';
import type { TypeRegistry } from './type-registry.ts';

const ONE_DESCRIPTION = 'There is a related row, and this holds for it.';

const QUANTIFIER_DESCRIPTIONS: Readonly<Record<Quantifier, string>> = {
  some: 'There is a related row for which this holds.',
  every: 'There is no related row for which this does not hold; true where there are none.',
  none: 'There is no related row for which this holds; true where there are none.',
};

/** Adds `XWhere` of each table, and `XListWhere` of those that to-many relations lead to: `targets`. */
export function addWheres(types: TypeRegistry, model: Model, targets: Iterable<string>): void {
  for (const table of model.tables) types.add(`${table.typeName}Where`, () => where(types, model, table));
  for (const typeName of targets) types.add(`${typeName}ListWhere`, () => listWhere(types, typeName));
}

/** The tables that a to-many relation leads to. */
export const toManyTargets = (model: Model): ReadonlySet<string> =>
  new Set(
    model.tables.flatMap(({ relations }) =>
      relations.filter(({ kind }) => kind === 'many').map(({ targetType }) => targetType),
    ),
  );

function where(types: TypeRegistry, model: Model, table: TableModel): GraphQLInputObjectType {
  const type: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${table.typeName}Where`,
    description: `Conditions on ${withArticle(table.typeName)}; all of them must hold.`,
    fields: () => ({
      ...columnFilters(types, table),
      ...relationFilters(types, table),
      AND: { type: listOf(type), description: 'All of these hold.' },
      OR: { type: listOf(type), description: 'At least one of these holds; none of an empty list does.' },
      NOT: { type, description: 'This does not hold.' },
      ...aggregateFilterFields(types, model, table),
    }),
  });
  return type;
}

const columnFilters = (types: TypeRegistry, { columns }: TableModel): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    columns.map((column) => [column.name, { type: types.get<GraphQLInputObjectType>(filterName(column)) }]),
  );

const relationFilters = (types: TypeRegistry, { relations }: TableModel): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    relations.map(({ name, kind, targetType }) => [
      name,
      kind === 'one'
        ? { type: types.get<GraphQLInputObjectType>(`${targetType}Where`), description: ONE_DESCRIPTION }
        : { type: types.get<GraphQLInputObjectType>(`${targetType}ListWhere`) },
    ]),
  );

const listWhere = (types: TypeRegistry, typeName: string): GraphQLInputObjectType =>
  new GraphQLInputObjectType({
    name: `${typeName}ListWhere`,
    description: `Conditions on related rows of ${typeName}; all of them must hold.`,
    fields: () => {
      const type = types.get<GraphQLInputObjectType>(`${typeName}Where`);
      return Object.fromEntries(
        QUANTIFIERS.map((quantifier) => [quantifier, { type, description: QUANTIFIER_DESCRIPTIONS[quantifier] }]),
      );
    },
  });
