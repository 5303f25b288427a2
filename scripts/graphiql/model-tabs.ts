/** Tabs of a first visit, made from the schema that is served: they fit any model. */
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/** A tab as GraphiQL takes it. */
export interface ModelTab {
  readonly query: string;
  /** JSON. */
  readonly headers?: string;
}

/** The table that the tabs are about, and what can be asked of it. */
export interface ShownTable {
  readonly type: GraphQLObjectType;
  /** Types of all tables. */
  readonly types: ReadonlySet<GraphQLObjectType>;
  readonly list: string;
  /** Null: there is no such field, or its key is of columns that are not shown. */
  readonly one: { readonly field: string; readonly key: TableKey } | null;
  readonly update: { readonly field: string; readonly data: GraphQLInputType } | null;
  /** Of the filter. */
  readonly where: GraphQLInputType | null;
  readonly orderBy: GraphQLInputType | null;
}

/** The first key of its input type. */
interface TableKey {
  readonly name: string;
  /** Its columns; `isNested`: they are members of an object. */
  readonly columns: readonly string[];
  readonly isNested: boolean;
}

/** Values of a row that exists, by column; empty: there is none. */
export type SampleRow = Readonly<Record<string, unknown>>;

/** What a row of the table shows at most: leaves, and rows of one level of relations. */
const MAX_LEAVES = 5;
const MAX_RELATED_LEAVES = 2;

/** One with relations to a row and to several, if there is one; null: the schema has no table. */
export function shownTable(schema: GraphQLSchema): ShownTable | null {
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((field) => {
    const type = elementOf(field);
    return type === null || leavesOf(type).length === 0 ? [] : [{ field, type }];
  });
  const types = new Set(lists.map(({ type }) => type));
  const tables = lists.map(({ field, type }) => tableOf(schema, field, type, types));
  return tables.toSorted((a, b) => relatedness(b) - relatedness(a))[0] ?? null;
}

/** Relations of both kinds count most. */
function relatedness(table: ShownTable): number {
  const relations = relationsOf(table);
  const lists = relations.filter((field) => elementOf(field) !== null).length;
  return relations.length + 100 * Math.min(lists, relations.length - lists, 1);
}

/** What gives a row for {@link modelTabs}. */
export const sampleQuery = ({ type, list }: ShownTable): string =>
  `query Sample { ${list}(first: 1) { nodes { ${leavesOf(type).join(' ')} } } }`;

/** A list, one row, a filter, a change that changes nothing, a cached read and a trace: each runs as it stands. */
export function modelTabs(table: ShownTable, row: SampleRow): ModelTab[] {
  const { type, list } = table;
  const { name } = type;
  const names = `${list[0]!.toUpperCase()}${list.slice(1)}`;
  const rows = selectionOf(table);
  const page = 'first: 5';
  const key = table.one && keyText(table, table.one.key, row);
  const [filter, order] = [filterText(table, row), orderText(table)];
  const change = changeText(table, row);
  const tabs: (ModelTab | null)[] = [
    tab('A page of rows, and what belongs to them.', `query List${names}`, `${list}(${page})`, pageOf(rows)),
    table.one &&
      tab('One row, by its key; null if there is none.', `query One${name}`, `${table.one.field}(by: ${key})`, rows),
    filter || order
      ? tab(
          'Rows that match, in an order.',
          `query Filter${names}`,
          `${list}(${[filter && `where: ${filter}`, order && `orderBy: [${order}]`, page].filter(Boolean).join(', ')})`,
          pageOf(shownLeaves(table)),
        )
      : null,
    table.update && key && change
      ? tab(
          'A change: of a column to what it is already.\nWrite another value to see it.',
          `mutation Change${name}`,
          `${table.update.field}(by: ${key}, data: ${change})`,
          shownLeaves(table),
        )
      : null,
    tab(
      'Cached answers may be old: extensions.consistency\ntells how old, and where they came from.',
      `query Cached${names} @consistency(mode: CACHED)`,
      `${list}(${page})`,
      ['nodes {', ...indented(shownLeaves(table)), '}'],
    ),
    {
      ...tab(
        'What a request does: shards, rows, statements.\nA header asks for it; see "Last response" on the left.',
        `query Trace${names}`,
        `${list}(${page})`,
        pageOf(rows),
      ),
      headers: '{ "x-shardql-trace": "1" }',
    },
  ];
  return tabs.filter((each) => each !== null);
}

/** The rows of a connection; null for other fields. */
function elementOf({ type }: Field): GraphQLObjectType | null {
  const connection = getNamedType(type);
  if (!isObjectType(connection)) return null;
  const { nodes, pageInfo } = connection.getFields();
  const element = nodes && pageInfo ? getNamedType(nodes.type) : null;
  return isObjectType(element) ? element : null;
}

function tableOf(
  schema: GraphQLSchema,
  list: Field,
  type: GraphQLObjectType,
  types: ReadonlySet<GraphQLObjectType>,
): ShownTable {
  const argument = (field: Field | undefined, name: string) =>
    field?.args.find((each) => each.name === name)?.type ?? null;
  const givesRow = (field: Field) =>
    getNamedType(field.type) === type && !isListType(field.type) && argument(field, 'by') !== null;
  const one = Object.values(schema.getQueryType()!.getFields()).find(givesRow);
  const update = Object.values(schema.getMutationType()?.getFields() ?? {}).find(
    (field) => givesRow(field) && argument(field, 'data') !== null && /^update/.test(field.name),
  );
  const key = one === undefined ? null : keyOf(argument(one, 'by')!, leavesOf(type));
  return {
    type,
    types,
    list: list.name,
    one: one && key ? { field: one.name, key } : null,
    update: update ? { field: update.name, data: argument(update, 'data')! } : null,
    where: argument(list, 'where'),
    orderBy: argument(list, 'orderBy'),
  };
}

function keyOf(by: GraphQLInputType, shown: readonly string[]): TableKey | null {
  for (const { name, type } of membersOf(by)) {
    const nested = membersOf(type).map((member) => member.name);
    const key = { name, columns: nested.length > 0 ? nested : [name], isNested: nested.length > 0 };
    if (key.columns.every((column) => shown.includes(column))) return key;
  }
  return null;
}

const membersOf = (type: GraphQLInputType | null | undefined) => {
  const named = getNamedType(type);
  return isInputObjectType(named) ? Object.values(named.getFields()) : [];
};

const hasNoRequired = ({ args }: Field): boolean => !args.some(isRequiredArgument);

/** Names of its columns, and of fields like them; the global id, which is long, is not among them. */
const leavesOf = (type: GraphQLObjectType): string[] =>
  Object.values(type.getFields())
    .filter((field) => isShort(getNamedType(field.type)) && hasNoRequired(field) && field.name !== 'nodeId')
    .map(({ name }) => name);

/** The key first, then what tells most. */
const shownLeaves = ({ type, one }: ShownTable): string[] =>
  [...new Set([...(one?.key.columns ?? []), ...tellingLeaves(type)])].slice(0, MAX_LEAVES);

/** Without ids and versions, unless there is nothing else. */
function tellingLeaves(type: GraphQLObjectType): string[] {
  const leaves = leavesOf(type);
  const telling = leaves.filter((name) => !['ID', 'Version'].includes(getNamedType(type.getFields()[name]!.type).name));
  return telling.length > 0 ? telling : leaves;
}

/** What fits into a line. */
const isShort = (type: GraphQLNamedType): boolean =>
  isLeafType(type) && !['JSON', 'Bytes', 'Base64'].includes(type.name);

/** To rows of the model's tables; aggregates and groups are none. */
const relationsOf = ({ type, types }: Pick<ShownTable, 'type' | 'types'>): Field[] =>
  Object.values(type.getFields()).filter((field) => types.has(relatedOf(field)!) && hasNoRequired(field));

const relatedOf = (field: Field): GraphQLObjectType | null => {
  const named = elementOf(field) ?? getNamedType(field.type);
  return isObjectType(named) ? named : null;
};

/** Lines: leaves, one relation to a row, and one to several. */
function selectionOf(table: ShownTable): string[] {
  const relations = relationsOf(table);
  const toOne = relations.find((field) => elementOf(field) === null && !isListType(getNullableType(field.type)));
  const toMany = relations.find((field) => elementOf(field) !== null);
  const related = (field: Field) => tellingLeaves(relatedOf(field)!).slice(0, MAX_RELATED_LEAVES);
  return [
    ...shownLeaves(table),
    ...(toOne ? [`${toOne.name} {`, ...indented(related(toOne)), '}'] : []),
    ...(toMany ? [`${toMany.name}(first: 2) {`, ...indented(['nodes {', ...indented(related(toMany)), '}']), '}'] : []),
  ];
}

const pageOf = (rows: readonly string[]): string[] => ['totalCount', 'nodes {', ...indented(rows), '}'];

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function tab(comment: string, operation: string, field: string, selection: readonly string[]): ModelTab {
  const comments = comment.split('\n').map((line) => `# ${line}`);
  const body = [`${operation} {`, ...indented([`${field} {`, ...indented(selection), '}']), '}'];
  return { query: [...comments, ...body].join('\n') };
}

function keyText({ type }: ShownTable, { name, columns, isNested }: TableKey, row: SampleRow): string {
  const members = columns.map((column) => `${column}: ${literal(type.getFields()[column]!, row[column])}`).join(', ');
  return isNested ? `{ ${name}: { ${members} } }` : `{ ${members} }`;
}

/** A value of a row that exists, or one that stands for it. */
function literal(field: Field, value: unknown): string {
  const type = getNamedType(field.type);
  if (isEnumType(type)) return typeof value === 'string' ? value : type.getValues()[0]!.name;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  return type.name === 'Int' || type.name === 'Float' ? '1' : '"1"';
}

/** Columns whose values are easily read and written: no JSON, no bytes, no texts of a page. */
const isSimple = (field: Field, value: unknown): boolean => {
  const type = getNamedType(field.type);
  const isPlain = isEnumType(type) || ['String', 'Int', 'Float', 'Boolean'].includes(type.name);
  return isPlain && value !== null && (typeof value !== 'string' || value.length <= 60);
};

/** Columns that are no part of the key, enums first: their values are shared by many rows. */
function plainColumns({ type, one }: ShownTable, row: SampleRow): Field[] {
  const columns = leavesOf(type)
    .map((name) => type.getFields()[name]!)
    .filter(
      (field) =>
        !one?.key.columns.includes(field.name) && !field.name.endsWith('Id') && isSimple(field, row[field.name]),
    );
  const isShared = (field: Field) => (isEnumType(getNamedType(field.type)) ? 0 : 1);
  return columns.toSorted((a, b) => isShared(a) - isShared(b));
}

function filterText(table: ShownTable, row: SampleRow): string | null {
  const filters = membersOf(table.where);
  const column = plainColumns(table, row).find(({ name }) =>
    membersOf(filters.find((each) => each.name === name)?.type).some((op) => op.name === 'eq'),
  );
  return column === undefined ? null : `{ ${column.name}: { eq: ${literal(column, row[column.name])} } }`;
}

function orderText(table: ShownTable): string | null {
  if (table.orderBy === null) return null;
  const names = membersOf(table.orderBy).filter(({ type }) => isEnumType(getNamedType(type)));
  const shown = leavesOf(table.type);
  // The newest first, where there is such a column.
  const column =
    names.find(({ name }) => /(At|Date|Time)$/.test(name)) ?? names.find(({ name }) => shown.includes(name));
  return column === undefined ? null : `{ ${column.name}: DESC }`;
}

function changeText(table: ShownTable, row: SampleRow): string | null {
  const writable = new Set(membersOf(table.update!.data).map(({ name }) => name));
  const column = plainColumns(table, row).find(({ name }) => writable.has(name));
  return column === undefined ? null : `{ ${column.name}: ${literal(column, row[column.name])} }`;
}
