/** How many rows a mutation writes, as its arguments tell. */
import type { GraphQLSchema } from 'graphql';
import type { Model, TableModel } from '../../model/types.ts';
import { type FieldRole, roleOf } from '../field-role.ts';
import { MAX_WRITE_OPERATIONS } from '../limits.ts';
import { namesShardKey, relatedInWhere, rowsInData } from './argument-weights.ts';
import { RELATED, WRITE } from './weights.ts';

export type WriteRole = Extract<FieldRole, { readonly kind: 'write' | 'bulkWrite' | 'transaction' }>;

interface WrittenRows {
  /** Of the field itself: those of its payload. */
  readonly rows: number;
  /** Of all rows that are written. */
  readonly cost: number;
  /** The arguments do not tell the shard. */
  readonly isAnywhere: boolean;
}

type Arguments = (name: string) => unknown;

export function writtenRows(schema: GraphQLSchema, model: Model, role: WriteRole, argument: Arguments): WrittenRows {
  if (role.kind === 'transaction') return ofTransaction(schema, model, argument('operations'));
  const { table } = role;
  const isAnywhere = !tellsShard(table, argument);
  if (role.kind === 'write') return { rows: 1, cost: WRITE * rowsOf(model, table, argument), isAnywhere };
  const data = argument('data') ?? argument('rows');
  if (Array.isArray(data)) {
    return { rows: data.length, cost: WRITE * rowsInData(model, table, data), isAnywhere };
  }
  const atMost = Number(argument('atMost') ?? 1);
  const rows = atMost >= 1 ? Math.min(atMost, MAX_WRITE_OPERATIONS) : MAX_WRITE_OPERATIONS;
  const related = relatedInWhere(model, table, argument('where'));
  return { rows, cost: WRITE * rows + RELATED * related, isAnywhere };
}

function ofTransaction(schema: GraphQLSchema, model: Model, operations: unknown): WrittenRows {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const list = Array.isArray(operations) ? operations : [operations];
  let rows = 0;
  let cost = 0;
  for (const operation of list) {
    if (typeof operation !== 'object' || operation === null) continue;
    for (const [name, given] of Object.entries(operation)) {
      const role = roleOf(fields[name]);
      if (role?.kind !== 'write' && role?.kind !== 'bulkWrite') continue;
      const values = (given ?? {}) as Readonly<Record<string, unknown>>;
      const written = writtenRows(schema, model, role, (argument) => values[argument]);
      rows += written.rows;
      cost += written.cost;
    }
  }
  // All of it is of one shard key.
  return { rows, cost, isAnywhere: false };
}

/** At least one, where arguments are wrong too. */
const rowsOf = (model: Model, table: TableModel, argument: Arguments): number =>
  Math.max(1, ...['data', 'create', 'update'].map((name) => rowsInData(model, table, argument(name))));

const tellsShard = (table: TableModel, argument: Arguments): boolean =>
  argument('shardKey') != null ||
  namesShardKey(table, argument('by')) ||
  namesShardKey(table, argument('where')) ||
  // A new row says where it belongs, or is put where its key says.
  (argument('by') == null && argument('where') == null && !Array.isArray(argument('data')));
