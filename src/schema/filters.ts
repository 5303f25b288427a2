import type { ColumnModel } from '../model/types.ts';
import {
  COMPARISON_OPERATORS,
  type FilterOperator,
  LIST_OPERATORS,
  TEXT_OPERATORS,
} from '../resolvers/plan/filter-operators.ts';
import type { Builder } from './builder.ts';
import type { ColumnType, TypedColumn } from './column-types.ts';
import { addJsonFilter } from './json-filter.ts';

const EQUALITY = ['eq', 'ne', ...LIST_OPERATORS] as const satisfies FilterOperator[];
const ORDERED = [...COMPARISON_OPERATORS, ...LIST_OPERATORS, 'between'] as const satisfies FilterOperator[];

/** Operators by scalar; `isNull` goes for all. */
const OPERATORS: Readonly<Record<Exclude<ColumnModel['scalar'], 'JSON'>, readonly FilterOperator[]>> = {
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

const DESCRIPTIONS: Partial<Record<FilterOperator, string>> = {
  ne: 'Not equal. Like every comparison it does not match rows without a value.',
  in: 'Equal to one of these. An empty list matches no row.',
  notIn: 'Equal to none of these. An empty list matches every row.',
  between: '`[low, high]`, both included.',
  like: 'A pattern: `%` stands for any characters, `_` for one, `\\` takes the special meaning from the next.',
  ieq: 'Equal, whatever the case (as JavaScript’s `toLowerCase`).',
  isNull: 'True: the row has no value. False: it has one.',
};

type FilterRef = ReturnType<typeof addFilter>;

/** Gives the filter type of a column, made when first needed: tables share `StringFilter` and its like. */
export function filterTypes(
  builder: Builder,
  typeOf: (column: TypedColumn) => ColumnType,
): (column: TypedColumn) => FilterRef {
  const filterByName = new Map<string, FilterRef>();
  return (column) => {
    const name = `${column.enum?.typeName ?? column.scalar}Filter`;
    let filter = filterByName.get(name);
    if (!filter) {
      filter =
        column.scalar === 'JSON'
          ? addJsonFilter(builder)
          : addFilter(builder, name, typeOf(column), OPERATORS[column.scalar]);
      filterByName.set(name, filter);
    }
    return filter;
  };
}

/** Filters on what groups of rows have, whatever columns there are. */
export function addGroupFilters(filterOf: ReturnType<typeof filterTypes>): void {
  for (const scalar of ['Int', 'Float', 'Decimal'] as const) filterOf({ scalar, enum: null });
}

function addFilter(builder: Builder, name: string, type: ColumnType, operators: readonly FilterOperator[]) {
  return builder.inputRef<object>(name).implement({
    description: 'Conditions on a column; all of them must hold.',
    fields: (t) => ({
      ...Object.fromEntries(
        operators.map((operator) => [
          operator,
          t.field({ type: operandType(operator, type), description: DESCRIPTIONS[operator] }),
        ]),
      ),
      isNull: t.boolean({ description: DESCRIPTIONS.isNull }),
    }),
  });
}

/** A part of a text, or a pattern, is a text, whatever it is a part of. */
function operandType(operator: FilterOperator, type: ColumnType): ColumnType | [ColumnType] {
  if ((TEXT_OPERATORS as readonly string[]).includes(operator)) return 'String';
  return operator === 'in' || operator === 'notIn' || operator === 'between' ? [type] : type;
}
