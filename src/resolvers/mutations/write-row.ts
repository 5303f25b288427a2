import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { RowMutation } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import { rowByKeyPlan } from '../../plans/internal-plans.ts';
import type { OneNodePlan, ReadPlan } from '../../plans/node-plan.ts';
import type { RowOperation } from '../../shards/operation.ts';
import type { Read } from '../../shards/plan/read.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import type { RequestContext } from '../context.ts';
import type { KeyedCommit } from '../idempotency/keyed-field.ts';
import { fieldPlan } from '../run/field-plan.ts';
import { type FieldRun, fieldRun } from '../run/field-run.ts';
import { ReadRun } from '../run/read-run.ts';
import { Row } from '../show/row.ts';
import { compileWrite } from './compile/compile-write.ts';
import { derivingShardKeys } from './compile/derived-shard-key.ts';
import type { WriteDraft } from './compile/write-draft.ts';
import { isDryRun } from './dry-run.ts';
import { knownValues } from './known-values.ts';
import { locateRow } from './locate-row.ts';
import { withShownFailures } from './shown-failure.ts';
import { writeOperations } from './write-operations.ts';

/** What a write of one row is for, and shows of it. */
interface RowWrite {
  readonly field: FieldRun;
  /** Null: it is sent without an idempotency key. */
  readonly keyed: KeyedCommit | null;
  /** The plan that reads the row by its primary key. */
  readonly read: () => ReadPlan<OneNodePlan>;
  /** All is done and undone again. */
  readonly dryRun: boolean;
}

/** A root field that writes one row. */
export const resolveRowWrite = (...args: Parameters<typeof writeRowOfField>): Promise<Row | null> =>
  withShownFailures(args[3].model, () => writeRowOfField(...args));

async function writeRowOfField(
  kind: RowMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  const field = fieldRun(context, info);
  const dryRun = isDryRun(args, context);
  const keyed = dryRun ? null : (field.keyed?.nextCommit() ?? null);
  const compile = () => compileWrite(field.operation.scope, kind, table, args);
  const draft = keyed ? derivingShardKeys(await keyed.id, compile) : compile();
  return writeRow(draft, { field, keyed, read: () => fieldPlan(field, info, 'write').read, dryRun });
}

/** One transaction; the selected row, with all that lies on its shard, comes back in the same RPC. */
export async function writeRow(draft: WriteDraft, { field, keyed, read, dryRun }: RowWrite): Promise<Row | null> {
  const { table } = draft;
  const shardKeyValue = await locateRow(draft, field, keyed);
  const run = new ReadRun(read(), field, STRONG);
  // The write itself waits for nothing: relations of other shards are looked up before it.
  const filled = run.fill();
  if (filled !== null) await filled;
  const select = { plan: run.plan.compiled.text, values: run.values };
  const place = { shardKey: shardKeyValue, select, first: 0, rows: [] };
  const { operations, places, shown } = draft.operationsAt(place);
  const shardKey = toShardKey(table.shardKey, shardKeyValue);
  const row = writtenRow(table, shardKey, operations[shown]!);
  const held = row && !dryRun ? field.context.reader.heldRow(row) : null;
  const kinds = operations.map(({ kind }) => kind);
  const idempotency = keyed && (await keyed.idempotency([kinds, select.plan, field.operation.valuesOf(run.read)]));
  const written = await writeOperations(field, shardKey, { operations, places, held, idempotency, dryRun });
  const cells = written.results[shown]?.rows[0] ?? null;
  return cells && new Row(run.plan.view, cells, run);
}

const wholeRowPlan = memoizeByObject(rowByKeyPlan);

/** The read of the row that an operation writes, as the cache holds it, by its primary key; null where the operation does not name that. */
function writtenRow(table: TableModel, shardKey: ShardKey, operation: RowOperation): Read | null {
  const known = knownValues(operation);
  const key = table.primaryKey.names.map((name) => known[name] ?? null);
  if (key.includes(null)) return null;
  return { plan: wholeRowPlan(table), values: [], keys: [key], shardKeys: [shardKey] };
}
