import {
  GraphQLBoolean,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLString,
} from 'graphql';
import type { ColumnModel, Model } from '../model/types.ts';
import {
  COMPARISON_OPERATORS,
  type ColumnOperator,
  isTextOperator,
  LIST_OPERATORS,
  TEXT_OPERATORS,
} from '../shards/plan/filter.ts';
import { filterName, type TypedColumn, valueTypeName } from './column-types.ts';
import { jsonFilter } from './json-filter.ts';
import { listOf } from './list-of.ts';
import type { TypeRegistry } from './type-registry.ts';

const EQUALITY = ['eq', 'ne', ...LIST_OPERATORS] as const satisfies ColumnOperator[];
const ORDERED = [...COMPARISON_OPERATORS, ...LIST_OPERATORS, 'between'] as const satisfies ColumnOperator[];

/** Operators by scalar; `isNull` goes for all. */
const OPERATORS: Readonly<Record<Exclude<ColumnModel['scalar'], 'JSON'>, readonly ColumnOperator[]>> = {
  // Text keys are text as well; the operators are refused for keys that are stored as numbers or bytes.
  ID: [...ORDERED, ...TEXT_OPERATORS],
  String: [...ORDERED, ...TEXT_OPERATORS],
  Int: ORDERED,
  Float: ORDERED,
  Boolean: EQUALITY,
  DateTime: ORDERED,
  Bytes: ORDERED,
  BigInt: ORDERED,
  Decimal: ORDERED,
  Enum: EQUALITY,
};

const DESCRIPTIONS: Partial<Record<ColumnOperator, string>> = {
  ne: 'Not equal. Like every comparison it does not match rows without a value.',
  in: 'Equal to one of these. An empty list matches no row.',
  notIn: 'Equal to none of these. An empty list matches every row.',
  between: '`[low, high]`, both included.',
  like: 'A pattern: `%` stands for any characters, `_` for one, `\\` takes the special meaning from the next.',
  ieq: 'Equal, whatever the case (as JavaScript’s `toLowerCase`).',
  isNull: 'True: the row has no value. False: it has one.',
};

/** Filters on what groups of rows have, whatever columns there are. */
const GROUP_SCALARS = ['Int', 'Float', 'Decimal'] as const;

/** Adds the filter types of all columns. */
export function addFilters(types: TypeRegistry, model: Model): void {
  const groupColumns = GROUP_SCALARS.map((scalar) => ({ scalar, enum: null }));
  for (const column of [...groupColumns, ...model.tables.flatMap(({ columns }) => columns)]) {
    if (types.has(filterName(column))) continue;
    types.add(filterName(column), () =>
      column.scalar === 'JSON' ? jsonFilter(types.get('JSON')) : filter(types, column, OPERATORS[column.scalar]),
    );
  }
}

const filter = (types: TypeRegistry, column: TypedColumn, operators: readonly ColumnOperator[]) =>
  new GraphQLInputObjectType({
    name: filterName(column),
    description: 'Conditions on a column; all of them must hold.',
    fields: () => {
      const fields: GraphQLInputFieldConfigMap = {};
      const type = types.get(valueTypeName(column)) as GraphQLInputType;
      for (const operator of operators) {
        fields[operator] = { type: operandType(operator, type), description: DESCRIPTIONS[operator] };
      }
      fields.isNull = { type: GraphQLBoolean, description: DESCRIPTIONS.isNull };
      return fields;
    },
  });

/** A part of a text, or a pattern, is a text, whatever it is a part of. */
function operandType(operator: ColumnOperator, type: GraphQLInputType): GraphQLInputType {
  if (isTextOperator(operator)) return GraphQLString;
  return operator === 'in' || operator === 'notIn' || operator === 'between' ? listOf(type) : type;
}
