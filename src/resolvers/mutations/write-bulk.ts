import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import type { BulkMutation } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import type { RowsNodePlan } from '../../plans/node-plan.ts';
import type { ShardCreated, WriteOptions } from '../../shards/client/shard-client.ts';
import { isTree } from '../../shards/new-rows.ts';
import type { Selection } from '../../shards/operation.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import { fillIdSets } from '../across-shards/fill-id-sets.ts';
import type { RequestContext } from '../context.ts';
import { fieldPlan } from '../run/field-plan.ts';
import { type FieldRun, fieldRun } from '../run/field-run.ts';
import { ReadRun } from '../run/read-run.ts';
import { BulkPayload, type RowsOfBulk } from '../show/bulk-payload.ts';
import { placeOfRow, type RowsDraft, type WhereDraft } from './compile/bulk-draft.ts';
import { compileBulk } from './compile/compile-bulk.ts';
import { derivingShardKeys } from './compile/derived-shard-key.ts';
import { pathOfValue, withInputPath } from './compile/input-path.ts';
import { placedFailure } from './compile/operation-place.ts';
import { requireOneShardKey } from './compile/rows-meant.ts';
import { dryRunArgument } from './dry-run.ts';
import { writeOperations } from './write-operations.ts';

type BulkOptions = Required<Pick<WriteOptions, 'dryRun' | 'idempotency'>>;

/** A root field that writes several rows: one transaction for each shard that they lie on. */
export async function resolveBulkWrite(
  kind: BulkMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<BulkPayload> {
  const field = fieldRun(context, info);
  const dryRun = dryRunArgument(args);
  const keyed = dryRun ? null : (field.keyed?.nextCommit() ?? null);
  const compile = () => compileBulk(field.operation.scope, kind, table, args);
  const draft = keyed ? derivingShardKeys(await keyed.id, compile) : compile();
  const { read } = fieldPlan(field, info, 'bulkWrite');
  const run = read && new ReadRun(read, field, STRONG);
  // The write itself waits for nothing: relations of other shards are looked up before it.
  const filled = run?.fill() ?? null;
  if (filled !== null) await filled;
  const select = run && selectionOf(run);
  const shown = run && [run.plan.compiled.text, field.operation.valuesOf(run.read)];
  const options = { dryRun, idempotency: keyed && (await keyed.idempotency([kind, shown])) };
  const written =
    draft.kind === 'rows'
      ? await writeRows(draft, field, select, options)
      : await writeFound(draft, field, select, options);
  return new BulkPayload(written, run);
}

const selectionOf = ({ plan, values }: ReadRun<RowsNodePlan>): NonNullable<Selection> => ({
  plan: plan.compiled.text,
  values,
});

/** Fails if no shard has written anything. */
async function writeRows(
  draft: RowsDraft,
  { context: { shards, reader }, path }: FieldRun,
  select: Selection,
  options: BulkOptions,
): Promise<RowsOfBulk> {
  const { table, rows, onConflict } = draft;
  if (rows.length === 0) return { outcomes: [], rows: [], shards: [] };
  const written = await shards.writeRows({ table: table.typeName, rows, onConflict, select }, options);
  const failures = written.shards.flatMap(({ failure }) => failure ?? []);
  if (failures.length === written.shards.length) {
    const [first] = failures.sort((a, b) => (a.row ?? rows.length) - (b.row ?? rows.length));
    throw failureOf(draft, first!);
  }
  reader.recordCommits(
    written.shards.flatMap(({ commit }) => commit ?? []),
    path,
  );
  return written;
}

type ShardFailure = NonNullable<ShardCreated['failure']>;

/** The error with the place of what is to blame. */
function failureOf({ table, rows, data }: RowsDraft, { error, row: index, position }: ShardFailure): unknown {
  if (index === null) return error;
  const row = rows[index]!;
  if (position === null || !isTree(row))
    return withInputPath(error, pathOfValue(placeOfRow(table, data, index), error.details));
  return placedFailure(error, row.places[position]!, row.operationsAt(0, null)[position]!);
}

/** The rows that conditions find, under one shard key. */
async function writeFound(
  draft: WhereDraft,
  field: FieldRun,
  select: Selection,
  options: BulkOptions,
): Promise<RowsOfBulk> {
  const shardKey = toShardKey(draft.table.shardKey, requireOneShardKey(draft));
  const values = [...draft.rows.values.ofMaking];
  await fillIdSets(draft.rows.idSets, { field, requirement: STRONG, values }, () => {});
  const operations = [draft.operationOf(values, select)];
  const written = await writeOperations(field, shardKey, {
    operations,
    places: [draft.place],
    held: null,
    ...options,
  });
  const { outcomes, rows } = written.results[0]!;
  return { outcomes, rows, shards: [{ shard: written.shard, rows: [...outcomes.keys()], failure: null }] };
}
