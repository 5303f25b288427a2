import { whereTable } from '../model-draft.ts';
import { isGraphQLName } from '../names.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Types that every schema has. */
const SHARED_TYPES = [
  ...['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'SortOrder', 'OnConflict', 'DateTrunc'],
  ...['ID', 'String', 'Int', 'Float', 'Boolean', 'DateTime', 'JSON', 'Bytes', 'BigInt', 'Decimal', 'Version'],
  ...['StringFilter', 'IDFilter', 'IntFilter', 'FloatFilter', 'BooleanFilter', 'DateTimeFilter', 'JSONFilter'],
  ...['BytesFilter', 'BigIntFilter', 'DecimalFilter', 'VersionFilter', 'ConsistencyMode', 'OperationInput'],
  ...['TransactionPayload', 'TransactionResult', 'BulkResult', 'BulkShard'],
];

/** Endings of the types that are made for each table. */
const TYPE_SUFFIXES = [
  ...['Connection', 'Edge', 'Where', 'ListWhere', 'OrderBy', 'Key', 'UniqueKey', 'CreateInput', 'UpdateInput'],
  ...[
    'AtomicInput',
    'BulkPayload',
    'Aggregate',
    'AggregateOrderBy',
    'Group',
    'GroupBy',
    'GroupOrderBy',
    'Having',
    'Column',
  ],
  ...['ColumnValues', 'ColumnCounts', 'ColumnNumbers', 'ColumnFilters', 'CountFilters', 'NumberFilters', 'ColumnOrder'],
  ...['NumberOrder'],
];

/** GraphQL type names, the user's and those made from them, are valid and unique. */
export const typeNamesRule: ModelRule = ({ tables }, report) => {
  const claims = new Claims();
  for (const name of SHARED_TYPES) claims.claim(name, 'every schema');
  for (const table of tables) {
    const where = whereTable(table);
    const remedy = 'Rename the type: its name is the key in defineModel.';
    if (!isGraphQLName(table.typeName)) {
      report({ where, message: `Expected a type name that is a GraphQL name, but got "${table.typeName}".`, remedy });
      continue;
    }
    const holder = claims.claim(table.typeName, whereTable(table));
    if (holder !== null) {
      const message = `Expected a type name that is free, but got "${table.typeName}", which ${holder} has.`;
      report({ where, message, remedy });
    }
  }
  for (const table of tables) {
    const enums = table.columns.flatMap(({ name, enum: type }) =>
      type === null ? [] : [type.typeName, `${type.typeName}Filter`].map((made) => [made, `column "${name}"`] as const),
    );
    const helpers = TYPE_SUFFIXES.map((suffix) => [`${table.typeName}${suffix}`, 'the table'] as const);
    for (const [name, origin] of [...enums, ...helpers]) {
      const holder = claims.claim(name, `${whereTable(table)}, ${origin}`);
      if (holder === null) continue;
      report({
        where: whereTable(table),
        message: `Expected a free name for the type that ${origin} needs, but got "${name}", which ${holder} has.`,
        remedy: 'Rename one of the two types: their names are the keys in defineModel.',
      });
    }
  }
};
