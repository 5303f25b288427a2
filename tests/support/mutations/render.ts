/** Operations as GraphQL. */

import { flat } from './inputs.ts';
import type { Bulk, Expectation, NestedExpectation, Operation, Single, Step } from './operation.ts';
import { type Row, SHAPES, type Type, type Value } from './shapes.ts';

export interface Document {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** All columns of a row, and its version. */
export const columnsOf = (type: Type): string =>
  ['tenantId', ...Object.keys(SHAPES[type].columns), 'version'].join(' ');

export function render(operation: Operation, version: VersionOf): Document {
  if (operation.kind === 'wrong') return { query: operation.document, variables: {} };
  if (operation.kind === 'transaction') return renderTransaction(operation.steps, version);
  const { type } = operation;
  const parts = argumentsOf(operation, version);
  const isOfMany = 'rows' in operation || 'where' in operation;
  const field = fieldOf(operation);
  const selection = isOfMany
    ? `affectedCount nodes { ${columnsOf(type)} } results { index outcome code message } shards { shard affectedCount code }`
    : columnsOf(type);
  const declared = parts.map(({ name, type: of }) => `$${name}: ${of}`).join(', ');
  const args = parts.map(({ name }) => `${name}: $${name}`).join(', ');
  return {
    query: `mutation (${declared}) { it: ${field}(${args}) { ${selection} } }`,
    variables: Object.fromEntries(parts.map(({ name, value }) => [name, value])),
  };
}

function fieldOf({ kind, type }: Single | Bulk): string {
  const { list } = SHAPES[type];
  return kind.endsWith('Many')
    ? `${kind.slice(0, -'Many'.length)}${list[0]!.toUpperCase()}${list.slice(1)}`
    : `${kind}${type}`;
}

/** Columns that are called alike may have types that cannot be merged. */
export const aliasOf = (type: Type, column: string): string => `${type}_${column}`;

function renderTransaction(steps: readonly Step[], version: VersionOf): Document {
  const types = [...new Set(steps.map(({ operation }) => operation.type))];
  const rows = types.map((type) => {
    const columns = columnsOf(type)
      .split(' ')
      .map((name) => `${aliasOf(type, name)}: ${name}`);
    return `... on ${type} { ${columns.join(' ')} }`;
  });
  return {
    query: `mutation ($operations: [OperationInput!]!) { it: transaction(operations: $operations) { results {
      affectedCount node { nodeId } nodes { nodeId ${rows.join(' ')} }
    } } }`,
    variables: { operations: steps.map((step) => ({ [fieldOf(step.operation)]: memberOf(step, version) })) },
  };
}

function memberOf({ operation, isPlaced, as, refs }: Step, version: VersionOf): Value {
  const args = Object.fromEntries(argumentsOf(operation, version).map(({ name, value }) => [name, value]));
  if (!isPlaced) {
    delete args.shardKey;
    const rows = operation.kind === 'create' ? [args.data] : 'rows' in operation ? args.data : [];
    for (const row of rows as Value[]) delete row.tenantId;
  }
  const given = Object.fromEntries(refs.map(({ column, from, field }) => [column, { from, field }]));
  return { ...args, ...(as !== null && { as }), ...(refs.length > 0 && { refs: given }) };
}

/** The version to expect of the row, deleted or not, that has these values; undefined: none. */
export type VersionOf = (
  expects: Expectation,
  type: Type,
  tenant: string,
  values: Row,
  isDeleted: boolean,
) => string | undefined;

interface Argument {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
}

/** Without those that are not given. */
export function argumentsOf(operation: Single | Bulk, version: VersionOf): Argument[] {
  const { type } = operation;
  const argument = (name: string, of: string, value: unknown): Argument[] =>
    value === undefined || value === null ? [] : [{ name, type: of, value: withVersions(value, version) }];
  const dryRun = 'dryRun' in operation && operation.dryRun ? argument('dryRun', 'Boolean', true) : [];
  switch (operation.kind) {
    case 'create':
      return argument('data', `${type}CreateInput!`, { tenantId: operation.tenant, ...operation.data });
    case 'createMany':
      return [
        ...argument(
          'data',
          `[${type}CreateInput!]!`,
          operation.rows.map(({ tenant, data }) => ({ tenantId: tenant, ...data })),
        ),
        ...argument('onConflict', 'OnConflict', operation.onConflict),
        ...argument('conflictKey', `${type}UniqueKey`, operation.conflictKey),
        ...dryRun,
      ];
    case 'upsertMany': {
      const rows = operation.rows.map((row) => {
        const expectedVersion = version(row.expects, type, row.tenant, keyOf(operation, row.data), false);
        return { tenantId: row.tenant, ...row.data, ...(expectedVersion && { expectedVersion }) };
      });
      return [
        ...argument('data', `[${type}UpsertInput!]!`, rows),
        ...argument('conflictKey', `${type}UniqueKey`, operation.conflictKey),
        ...dryRun,
      ];
    }
    case 'updateMany':
    case 'deleteMany':
      return [
        ...argument('where', `${type}Where!`, operation.where),
        ...(operation.kind === 'updateMany' ? changes(type, operation.data, operation.atomic) : []),
        ...argument('atMost', 'Int!', operation.atMost),
        ...argument('shardKey', 'ID', operation.tenant),
        ...dryRun,
      ];
    default:
      return [
        ...argument('by', `${type}Key!`, operation.by),
        ...argument('shardKey', 'ID', operation.tenant),
        ...(operation.kind === 'update' ? changes(type, operation.data, operation.atomic) : []),
        ...(operation.kind === 'upsert'
          ? [
              ...argument('create', `${type}CreateInput!`, operation.create),
              ...argument('update', `${type}UpdateInput`, operation.update),
              ...argument('atomic', `${type}AtomicInput`, operation.atomic),
            ]
          : []),
        ...argument(
          'expectedVersion',
          'Version',
          version(operation.expects, type, operation.tenant, flat(operation.by), isOfDeleted(operation)),
        ),
        ...dryRun,
      ];
  }

  function changes(of: Type, data: Value, atomic: Value): Argument[] {
    return [...argument('data', `${of}UpdateInput`, data), ...argument('atomic', `${of}AtomicInput`, atomic)];
  }
}

/** With the versions that nested rows are expected to have. */
function withVersions(value: Value, version: VersionOf): Value {
  if (Array.isArray(value)) return value.map((each) => withVersions(each, version));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      if (name !== 'expectedVersion' || typeof each !== 'object') return [name, withVersions(each, version)];
      const { is, type, tenant, id } = each as NestedExpectation;
      return [name, version(is, type, tenant, { id }, false)];
    }),
  );
}

const isOfDeleted = ({ kind }: Single): boolean => kind === 'restore' || kind === 'purge';

/** The values by which a row to upsert is found. */
function keyOf({ type, conflictKey }: Bulk & { readonly kind: 'upsertMany' }, data: Value): Row {
  const { keys } = SHAPES[type];
  const { columns } = keys.find(({ name }) => name === conflictKey) ?? keys[0];
  return Object.fromEntries(columns.map((name) => [name, data[name] ?? null]));
}
