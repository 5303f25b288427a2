import {
  GraphQLBoolean,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLScalarType,
  GraphQLString,
} from 'graphql';
import { COMPARISON_OPERATORS, type ColumnOperator, LIST_OPERATORS, TEXT_OPERATORS } from '../shards/plan/filter.ts';
import { listOf } from './list-of.ts';

export const JSON_PATH_DESCRIPTION =
  'Where in the value: names in objects and positions in lists (from 0), with dots between them, as in `tags.0`. A backslash takes the meaning from a dot, a backslash or a digit. Left out: the whole value.';

const DESCRIPTION =
  'Conditions on the value at a path; all of them must hold. Texts compare with texts, numbers with numbers and booleans with booleans; values of other types do not match.';

const DESCRIPTIONS: Partial<Record<ColumnOperator | 'has' | 'hasKey', string>> = {
  in: 'Equal to one of these. An empty list matches no row.',
  notIn: 'Of the type of one of these, and equal to none. An empty list matches every row.',
  between: '`[low, high]`, both included.',
  isNull: 'True: there is nothing at the path, or null.',
  has: 'A list in which this is an element.',
  hasKey: 'An object with this name in it.',
};

export const jsonFilter = (json: GraphQLScalarType): GraphQLInputObjectType =>
  new GraphQLInputObjectType({ name: 'JSONFilter', description: DESCRIPTION, fields: () => fieldsOf(json) });

function fieldsOf(json: GraphQLScalarType): GraphQLInputFieldConfigMap {
  const each = (names: readonly ColumnOperator[], field: (name: ColumnOperator) => GraphQLInputFieldConfig) =>
    Object.fromEntries(names.map((name) => [name, field(name)]));
  return {
    path: { type: GraphQLString, description: JSON_PATH_DESCRIPTION },
    ...each(COMPARISON_OPERATORS, () => ({ type: json })),
    ...each([...LIST_OPERATORS, 'between'], (name) => ({ type: listOf(json), description: DESCRIPTIONS[name] })),
    ...each(TEXT_OPERATORS, () => ({ type: GraphQLString })),
    has: { type: json, description: DESCRIPTIONS.has },
    hasKey: { type: GraphQLString, description: DESCRIPTIONS.hasKey },
    isNull: { type: GraphQLBoolean, description: DESCRIPTIONS.isNull },
  };
}
