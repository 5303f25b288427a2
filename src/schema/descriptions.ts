/**
 * Descriptions of what is generated alike for every table, by its name and place. They are filled in when the types are listed, which
 * only introspection and printing do: requests pay nothing for them.
 */
import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';

type Texts = Readonly<Record<string, string>>;

/** Gives all members of a type that lack a description one, as far as they are generated. Others, such as users' own, stay as they are. */
export function describeMembers(type: GraphQLNamedType, schema: GraphQLSchema): void {
  if (isInputObjectType(type)) describeInput(type);
  else if (isEnumType(type)) describeEnum(type, schema);
  else if (isObjectType(type) || isInterfaceType(type)) describeObject(type, schema);
}

function describeObject(type: GraphQLObjectType | GraphQLInterfaceType, schema: GraphQLSchema): void {
  const columns = columnsOf(type.name, schema);
  for (const field of Object.values(type.getFields())) {
    field.description ??= columns === null ? textOfField(type.name, field.name) : textOfRowField(field, columns);
    const isOfIds = type.name === 'Query' && (field.name === 'node' || field.name === 'nodes');
    for (const argument of field.args) {
      argument.description ??= isOfIds ? 'As the field of this name of a row gives it.' : textOfArgument(argument);
    }
  }
}

/** Of a table, what its filter knows; null for a type that is no table's. */
function columnsOf(name: string, schema: GraphQLSchema): ReadonlySet<string> | null {
  if (schema.getType(`${name}Connection`) === undefined) return null;
  const where = schema.getType(`${name}Where`);
  return new Set(isInputObjectType(where) ? Object.keys(where.getFields()) : []);
}

function textOfRowField(
  { name, type }: GraphQLField<unknown, unknown>,
  columns: ReadonlySet<string>,
): string | undefined {
  if (Object.hasOwn(OF_ROWS, name)) return OF_ROWS[name];
  const named = getNamedType(type);
  if (name === 'id' && named.name === 'ID' && !columns.has(name)) return OF_ROWS.nodeId;
  if (!columns.has(name)) return isLeafType(named) && named.name === 'Bytes' ? `The column \`${name}\`.` : undefined;
  if (isLeafType(named)) return `The column \`${name}\`.`;
  return named.name.endsWith('Connection')
    ? 'The related rows, one page at a time.'
    : 'The related row; null if there is none.';
}

const OF_ROWS: Texts = {
  nodeId: 'The global id: tells the row from those of all tables.',
  version: 'Another one after each change of the row: see `expectedVersion` of mutations.',
};

function textOfField(typeName: string, name: string): string | undefined {
  if (Object.hasOwn(BY_TYPE, typeName)) return BY_TYPE[typeName]![name];
  if (typeName.endsWith('Connection')) return OF_CONNECTIONS[name];
  if (typeName.endsWith('Edge')) return OF_EDGES[name];
  const [, text] = COLUMNS_OF_OBJECTS.find(([ending]) => typeName.endsWith(ending)) ?? [];
  return text?.(name);
}

const OF_CONNECTIONS: Texts = {
  nodes: 'The rows of the page.',
  edges: 'The rows of the page, each with its cursor.',
  pageInfo: 'Whether there are more rows, and where they begin.',
  aggregate: 'Worked out of all rows that match, not of the page alone.',
};

const OF_EDGES: Texts = { cursor: 'Where the row is: for `after` and `before`.', node: 'The row.' };

type ColumnText = readonly [ending: string, text: (column: string) => string];

const COLUMNS_OF_OBJECTS: readonly ColumnText[] = [
  ['ColumnValues', (column) => `Of the column \`${column}\`; null if there is no value.`],
  ['ColumnCounts', (column) => `How many different values the column \`${column}\` has.`],
  ['ColumnNumbers', (column) => `Of the numbers in the column \`${column}\`; null if there are none.`],
  ['GroupKeys', (column) => `What the rows of the group have in the column \`${column}\`.`],
];

function textOfArgument({ name, type }: GraphQLArgument): string | undefined {
  if (name === 'data') return textOfData(getNamedType(type).name);
  return OF_ARGUMENTS[name]?.(getNamedType(type).name);
}

/** By what they are of, so that users' own arguments of such a name are left alone. */
const OF_ARGUMENTS: Readonly<Record<string, (type: string) => string | undefined>> = {
  by: (type) => (type.endsWith('Key') ? 'The key of the row.' : undefined),
  where: (type) => (type.endsWith('Where') ? 'Only rows for which this holds.' : undefined),
  operations: (type) => (type === 'OperationInput' ? 'In their order; each names one kind of change.' : undefined),
  before: (type) => (type === 'String' ? 'Stands before what was found, at most 100 characters.' : undefined),
};

function textOfData(type: string): string | undefined {
  if (type.endsWith('UpdateInput')) return 'The columns to set, and related rows.';
  return /(Create|Upsert)Input$/.test(type) ? 'The new row, and related ones.' : undefined;
}

function describeInput(type: GraphQLInputObjectType): void {
  for (const field of Object.values(type.getFields())) field.description ??= textOfMember(type.name, field);
}

function textOfMember(typeName: string, { name, type }: GraphQLInputField): string | undefined {
  const memberType = getNamedType(type).name;
  if (Object.hasOwn(BY_TYPE, typeName)) return BY_TYPE[typeName]![name];
  if (typeName === 'OperationInput') return `What the mutation \`${name}\` does.`;
  if (typeName.endsWith('Operation'))
    return name === 'data' ? textOfData(memberType) : OF_ARGUMENTS[name]?.(memberType);
  if (typeName.endsWith('Filter')) return OPERATORS[name];
  if (/(Having|GroupOrderBy|AggregateWhere|AggregateOrderBy|GroupBy)$/.test(typeName)) return OF_GROUPS[name];
  const related = RELATED_INPUTS.find(([ending]) => memberType.endsWith(ending));
  if (related !== undefined) return related[1];
  const [, text] = COLUMNS_OF_INPUTS.find(([ending]) => typeName.endsWith(ending)) ?? [];
  return text?.(name);
}

const OPERATORS: Texts = {
  eq: 'Equal to this.',
  ne: 'Of the type of this, and not equal to it.',
  gt: 'Greater than this.',
  gte: 'Greater than this, or equal.',
  lt: 'Less than this.',
  lte: 'Less than this, or equal.',
  in: 'One of these.',
  notIn: 'None of these; not null either.',
  isNull: 'True: there is no value. False: there is one.',
  contains: 'With this text in it.',
  startsWith: 'With this text at the start.',
  endsWith: 'With this text at the end.',
  like: 'Matches this pattern: `%` stands for any characters, `_` for one.',
  ieq: 'Equal to this, whatever the case.',
  icontains: 'With this text in it, whatever the case.',
  istartsWith: 'With this text at the start, whatever the case.',
  iendsWith: 'With this text at the end, whatever the case.',
  ilike: 'Matches this pattern, whatever the case: `%` stands for any characters, `_` for one.',
};

const OF_GROUPS: Texts = {
  keys: 'What the rows have in common.',
  count: 'How many rows there are.',
  countDistinct: 'How many different values a column has.',
  min: 'The least value of a column.',
  max: 'The greatest value of a column.',
  sum: 'The sum of a column.',
  avg: 'The average of a column.',
  field: 'The column that rows of a group have in common.',
  AND: 'All of these hold.',
  OR: 'At least one of these holds; none of an empty list does.',
  NOT: 'This does not hold.',
};

/** By what relations are filtered, ordered and written. */
const RELATED_INPUTS: readonly (readonly [ending: string, text: string])[] = [
  ['ListWhere', 'By the related rows.'],
  ['AggregateWhere', 'By what is worked out of the related rows.'],
  ['AggregateOrderBy', 'By what is worked out of the related rows.'],
  ['ToManyCreateInput', 'Related rows, which are made or linked.'],
  ['ToOneCreateInput', 'The related row, which is made or linked.'],
  ['ToManyUpdateInput', 'What becomes of related rows.'],
  ['ToOneUpdateInput', 'What becomes of the related row.'],
];

const COLUMNS_OF_INPUTS: readonly ColumnText[] = [
  ['ColumnFilters', (column) => `By the column \`${column}\`.`],
  ['CountFilters', (column) => `By how many different values the column \`${column}\` has.`],
  ['NumberFilters', (column) => `By the numbers in the column \`${column}\`.`],
  ['ColumnOrder', (column) => `By the column \`${column}\`.`],
  ['NumberOrder', (column) => `By the numbers in the column \`${column}\`.`],
  ['Where', (column) => `By the column \`${column}\`.`],
  ['OrderBy', (column) => `By the column \`${column}\`.`],
  ['AtomicInput', (column) => `Changes the column \`${column}\` in place.`],
  ['Refs', (column) => `The column \`${column}\`, as an earlier operation has written it.`],
  ['CreateInput', (column) => `The column \`${column}\`.`],
  ['UpsertInput', (column) => `The column \`${column}\`.`],
  ['UpdateInput', (column) => `The column \`${column}\`.`],
  ['Key', (column) => `By \`${column}\`, which no two rows have in common.`],
];

function describeEnum(type: GraphQLEnumType, schema: GraphQLSchema): void {
  const values = type.getValues();
  const isOfColumns = type.name.endsWith('Column') && columnsOf(type.name.slice(0, -'Column'.length), schema) !== null;
  for (const value of values) {
    value.description ??= Object.hasOwn(BY_TYPE, type.name)
      ? BY_TYPE[type.name]![value.name]
      : isOfColumns
        ? `The column \`${String(value.value)}\`.`
        : `The value \`${value.name}\`.`;
  }
}

/** What is there once, whatever the model. */
const BY_TYPE: Readonly<Record<string, Texts>> = {
  SortOrder: {
    ASC: 'The least first; rows without a value before them.',
    DESC: 'The greatest first; rows without a value after them.',
    ASC_NULLS_FIRST: 'The least first; rows without a value before them.',
    ASC_NULLS_LAST: 'The least first; rows without a value after them.',
    DESC_NULLS_FIRST: 'The greatest first; rows without a value before them.',
    DESC_NULLS_LAST: 'The greatest first; rows without a value after them.',
  },
  DateTrunc: {
    MINUTE: 'By the minute.',
    HOUR: 'By the hour.',
    DAY: 'By the day.',
    WEEK: 'By the week, which begins on Monday.',
    MONTH: 'By the month.',
    QUARTER: 'By the quarter of a year.',
    YEAR: 'By the year.',
  },
  OnConflict: {
    ERROR: 'The row fails.',
    IGNORE: 'The row that is there stays as it is.',
    UPDATE: 'The row that is there is changed.',
  },
  BulkOutcome: {
    INSERTED: 'The row is new.',
    UPDATED: 'The row was changed.',
    UNCHANGED: 'The row was as it should be.',
    DELETED: 'The row was deleted.',
    IGNORED: 'A row with its key was there, and stays as it is.',
    FAILED: 'Nothing was written of it: its error says why.',
  },
  BulkResult: { outcome: 'What became of the row.' },
  ShardResult: { shard: 'Its name.', affectedCount: 'How many rows it has written.' },
  PageInfo: {
    hasNextPage: 'There are rows after the page.',
    hasPreviousPage: 'There are rows before the page.',
    startCursor: 'Of the first row; null if there is none. For `before`.',
    endCursor: 'Of the last row; null if there is none. For `after`.',
  },
  SearchHighlight: { column: 'Name of the column that the text is of.' },
  JSONAtPath: { value: 'Is put there.' },
};
