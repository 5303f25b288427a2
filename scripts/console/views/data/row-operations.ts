/** What the data browser asks of `/graphql`: names come from the model, values are variables. */
import { byColumnsOf } from '../../../../src/model/key-names.ts';
import { upperFirst } from '../../../../src/model/names.ts';
import type { Call } from '../../calls/call.ts';
import type { Table } from '../../operations/tables.ts';
import type { Caller } from './caller.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface PageAnswer {
  readonly rows: {
    readonly nodes: readonly Row[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export interface Listing {
  readonly table: Table;
  readonly caller: Caller;
  readonly columns: readonly string[];
  readonly where: Readonly<Record<string, unknown>> | null;
  readonly orderBy: readonly Readonly<Record<string, string>>[] | null;
  readonly search: string | null;
  readonly shardKey: string | null;
  readonly first: number;
  readonly after: string | null;
}

/** One page by cursor: nothing is counted. */
export function pageCall({ table, caller, columns, ...asked }: Listing): Call {
  const { type, list, searchColumns } = table;
  const isSearched = asked.search !== null && searchColumns.length > 0;
  const parameters = [
    `$where: ${type}Where`,
    `$orderBy: [${type}OrderBy!]`,
    ...(isSearched ? ['$search: String'] : []),
    '$shardKey: ID',
    '$first: Int',
    '$after: String',
  ];
  const given = ['where', 'orderBy', ...(isSearched ? ['search'] : []), 'shardKey', 'first', 'after'];
  const query = `query Rows(${parameters.join(', ')}) {
  rows: ${list}(${given.map((name) => `${name}: $${name}`).join(', ')}) {
    nodes { ${fieldsOf(table, columns)} }
    pageInfo { hasNextPage endCursor }
  }
}`;
  const { search, ...others } = asked;
  return { path: '/graphql', query, variables: { ...others, ...(isSearched && { search }) }, ...caller };
}

/** A row whole, by its key. */
export const rowCall = (table: Table, caller: Caller, columns: readonly string[], row: Row): Call => ({
  path: '/graphql',
  query: `query Row($by: ${table.type}Key!, $shardKey: ID) {
  row: ${table.single}(by: $by, shardKey: $shardKey) { ${fieldsOf(table, columns)} }
}`,
  variables: keyOf(table, row),
  ...caller,
});

export const updateCall = (table: Table, caller: Caller, row: Row, data: Row): Call => ({
  path: '/graphql',
  query: `mutation Update($by: ${table.type}Key!, $shardKey: ID, $data: ${table.type}UpdateInput, $version: Version) {
  row: update${table.type}(by: $by, shardKey: $shardKey, data: $data, expectedVersion: $version) { ${table.globalIdField} version }
}`,
  variables: { ...keyOf(table, row), data, version: row.version },
  ...caller,
});

export const createCall = (table: Table, caller: Caller, data: Row): Call => ({
  path: '/graphql',
  query: `mutation Create($data: ${table.type}CreateInput!) {
  row: create${table.type}(data: $data) { ${table.globalIdField} version }
}`,
  variables: { data },
  ...caller,
});

export const deleteCall = (table: Table, caller: Caller, row: Row): Call => ({
  path: '/graphql',
  query: `mutation Delete($by: ${table.type}Key!, $shardKey: ID, $version: Version) {
  row: delete${table.type}(by: $by, shardKey: $shardKey, expectedVersion: $version) { ${table.globalIdField} }
}`,
  variables: { ...keyOf(table, row), version: row.version },
  ...caller,
});

/** Columns of keys are always among what is asked: rows are found again by them. */
function fieldsOf(table: Table, columns: readonly string[]): string {
  const keys = [table.shardKey, ...table.primaryKey.columns];
  return [...new Set([table.globalIdField, 'version', ...keys, ...columns])].join(' ');
}

function keyOf({ primaryKey, shardKey }: Table, row: Row): Readonly<Record<string, unknown>> {
  const columns = byColumnsOf(primaryKey.columns, shardKey);
  const values = Object.fromEntries(columns.map((name) => [name, row[name]]));
  return { by: { [primaryKey.byName]: columns.length === 1 ? row[columns[0]!] : values }, shardKey: row[shardKey] };
}

export const titleOf = (table: Table, row: Row): string =>
  `${upperFirst(table.single)} ${table.primaryKey.columns.map((name) => String(row[name])).join(' ')}`;
