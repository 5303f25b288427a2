import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { TableModel } from '../../model/types.ts';
import { rowByKeyPlan } from '../../plans/internal-plans.ts';
import type { OneNodePlan, ReadPlan } from '../../plans/node-plan.ts';
import type { RowOperation, Selection } from '../../shards/operation.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { RequestContext } from '../context.ts';
import { fieldPlan } from '../run/field-plan.ts';
import { type FieldRun, fieldRun } from '../run/field-run.ts';
import { ReadRun } from '../run/read-run.ts';
import { Row } from '../show/row.ts';

/** What a write of one row is for, and shows of it. */
export interface RowWrite {
  readonly field: FieldRun;
  /** The plan that reads the row by its primary key. */
  readonly read: () => ReadPlan<OneNodePlan>;
}

/** The write of a root field of mutations. */
export function rowWrite(context: RequestContext, info: GraphQLResolveInfo): RowWrite {
  const field = fieldRun(context, info);
  return { field, read: () => fieldPlan(field, info, 'write').read };
}

/** One operation in one transaction; the selected row, with all that lies on its shard, comes back in the same RPC. */
export async function writeRow(
  table: TableModel,
  shardKey: ShardKey,
  operation: (select: Selection) => RowOperation,
  { field, read }: RowWrite,
): Promise<Row | null> {
  const run = new ReadRun(read(), field, STRONG);
  // The write itself waits for nothing: relations of other shards are looked up before it.
  const filled = run.fill();
  if (filled !== null) await filled;
  const made = operation({ plan: run.plan.compiled.text, values: run.values });
  const { reader, shards } = field.context;
  const row = writtenRow(table, shardKey, made);
  const held = row && reader.heldRow(row);
  const written = await shards.write(shardKey, [made], held);
  reader.recordWrite(written, held, field.path);
  const cells = written.rows[0] ?? null;
  return cells && new Row(run.plan.view, cells, run);
}

const wholeRowPlan = memoizeByObject(rowByKeyPlan);

/** The read of the row that an operation writes, as the cache holds it, by its primary key; null where the operation does not name that. */
function writtenRow(table: TableModel, shardKey: ShardKey, operation: RowOperation): Read | null {
  const values =
    operation.kind === 'create'
      ? operation.values
      : Object.fromEntries(operation.key.columns.map((name, at) => [name, operation.key.values[at]!]));
  const key = table.primaryKey.names.map((name) => values[name] ?? null);
  if (key.includes(null)) return null;
  return { plan: wholeRowPlan(table), values: [], keys: [key], shardKeys: [shardKey] };
}
