import { byColumnsOf, byNameOf, compositeKeyName, uniqueKeysOf } from '../key-names.ts';
import { whereTable } from '../model-draft.ts';
import type { ReportProblem } from '../model-error.ts';
import { MUTATION_KINDS, operationInputName } from '../mutation-names.ts';
import { isGraphQLName } from '../names.ts';
import type { TableDraft } from '../table-draft.ts';
import { Claims } from './claims.ts';
import type { ModelRule } from './rule.ts';

/** Types that every schema has. */
const SHARED_TYPES = [
  ...['Query', 'Mutation', 'Subscription', 'Node', 'PageInfo', 'SortOrder', 'OnConflict', 'DateTrunc'],
  ...['ID', 'String', 'Int', 'Float', 'Boolean', 'DateTime', 'JSON', 'Bytes', 'BigInt', 'Decimal', 'Version'],
  ...['StringFilter', 'IDFilter', 'IntFilter', 'FloatFilter', 'BooleanFilter', 'DateTimeFilter', 'JSONFilter'],
  ...['BytesFilter', 'BigIntFilter', 'DecimalFilter', 'VersionFilter', 'ConsistencyMode', 'OperationInput'],
  ...['TransactionPayload', 'TransactionResult', 'RowRef', 'BulkResult', 'BulkOutcome', 'ShardResult', 'JSONAtPath'],
  ...['TextAtomic', 'IDAtomic', 'IntAtomic', 'FloatAtomic', 'BooleanAtomic', 'DateTimeAtomic', 'JSONAtomic'],
  ...['BytesAtomic', 'BigIntAtomic', 'DecimalAtomic'],
];

/** Endings of the types that are made for each table. */
const TYPE_SUFFIXES = [
  ...['Connection', 'Edge', 'Where', 'ListWhere', 'OrderBy', 'Key', 'UniqueKey', 'CreateInput', 'UpdateInput'],
  'PartialCreateInput',
  'UpsertInput',
  ...[
    'AtomicInput',
    'BulkPayload',
    'Aggregate',
    'AggregateOrderBy',
    'AggregateWhere',
    'Group',
    'GroupBy',
    'GroupOrderBy',
    'Having',
    'Column',
  ],
  ...['ColumnValues', 'ColumnCounts', 'ColumnNumbers', 'ColumnFilters', 'CountFilters', 'NumberFilters', 'ColumnOrder'],
  ...['NumberOrder', 'ConnectOrCreateInput', 'ToOneCreateInput', 'ToOneUpdateInput', 'UpdateRelatedInput'],
  ...['UpsertRelatedInput', 'ToManyCreateInput', 'ToManyUpdateInput', 'DeleteOneInput', 'UpdateOneInput'],
  ...['UpsertOneInput', 'Refs'],
];

const MUTATION = 'a mutation';

/** Who has a name: every schema, a table, or what is made for it. */
interface Origin {
  readonly table: TableDraft | null;
  readonly part: string | null;
}

/** GraphQL type names, the user's and those made from them, are valid and unique. */
export const typeNamesRule: ModelRule = ({ tables }, report) => {
  const claims = new Claims<Origin>();
  const everySchema: Origin = { table: null, part: null };
  for (const name of SHARED_TYPES) claims.claim(name, everySchema);
  for (const table of tables) claimTypeName(claims, table, report);
  for (const table of tables) {
    for (const { name, enum: type } of table.columns) {
      if (type === null) continue;
      const origin: Origin = { table, part: `column "${name}"` };
      claimMadeName(claims, type.typeName, origin, report);
      claimMadeName(claims, `${type.typeName}Filter`, origin, report);
      claimMadeName(claims, `${type.typeName}Atomic`, origin, report);
    }
    const origin: Origin = { table, part: 'the table' };
    for (const suffix of TYPE_SUFFIXES) claimMadeName(claims, `${table.typeName}${suffix}`, origin, report);
    for (const kind of MUTATION_KINDS) {
      claimMadeName(claims, operationInputName(kind, table), { table, part: MUTATION }, report);
    }
    for (const { columns } of [{ columns: table.primaryKey }, ...uniqueKeysOf(table)]) {
      const byColumns = byColumnsOf(columns, table.shardKey);
      if (byColumns.length < 2) continue;
      const key: Origin = { table, part: `the key (${byColumns.join(', ')})` };
      claimMadeName(claims, compositeKeyName(table.typeName, byNameOf(byColumns)), key, report);
    }
  }
};

function claimTypeName(claims: Claims<Origin>, table: TableDraft, report: ReportProblem): void {
  const remedy = 'Rename the type: its name is the key in defineModel.';
  if (!isGraphQLName(table.typeName)) {
    const message = `Expected a type name that is a GraphQL name, but got "${table.typeName}".`;
    report({ where: whereTable(table), message, remedy });
    return;
  }
  const holder = claims.claim(table.typeName, { table, part: null });
  if (holder === null) return;
  const message = `Expected a type name that is free, but got "${table.typeName}", which ${textOf(holder)} has.`;
  report({ where: whereTable(table), message, remedy });
}

function claimMadeName(claims: Claims<Origin>, name: string, origin: Origin, report: ReportProblem): void {
  const holder = claims.claim(name, origin);
  // Mutations whose inputs clash have fields that clash, which the rule of root fields reports.
  if (holder === null || (holder.part === MUTATION && origin.part === MUTATION)) return;
  report({
    where: whereTable(origin.table!),
    message: `Expected a free name for the type that ${origin.part} needs, but got "${name}", which ${textOf(holder)} has.`,
    remedy: `Rename one of the two: types by their keys in defineModel${isOfColumn(origin) || isOfColumn(holder) ? ', columns by their properties in TypeScript' : ''}.`,
  });
}

const isOfColumn = ({ part }: Origin): boolean => part?.startsWith('column') === true;

function textOf({ table, part }: Origin): string {
  if (table === null) return 'every schema';
  return part === null ? whereTable(table) : `${whereTable(table)}, ${part}`;
}
