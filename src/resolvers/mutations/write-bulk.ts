import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../cache/requirement.ts';
import type { BulkMutation } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import type { RowsNodePlan } from '../../plans/node-plan.ts';
import type { ShardCreated, WriteOptions } from '../../shards/client/shard-client.ts';
import type { ShardQLError } from '../../shards/errors.ts';
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
import { isDryRun } from './dry-run.ts';
import { mayBeUnder, outOfReach } from './required-shard-key.ts';
import { shownFailure, withShownFailures } from './shown-failure.ts';
import { writeOperations } from './write-operations.ts';

type BulkOptions = Required<Pick<WriteOptions, 'dryRun' | 'idempotency'>>;

/** A root field that writes several rows: one transaction for each shard that they lie on. */
export const resolveBulkWrite = (...args: Parameters<typeof writeRowsOfField>): Promise<BulkPayload> =>
  withShownFailures(args[3].model, () => writeRowsOfField(...args));

async function writeRowsOfField(
  kind: BulkMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<BulkPayload> {
  const field = fieldRun(context, info);
  const dryRun = isDryRun(args, context);
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
  { context: { shards, reader, access, model }, path }: FieldRun,
  select: Selection,
  options: BulkOptions,
): Promise<RowsOfBulk> {
  const { table, rows, onConflict } = draft;
  if (rows.length === 0) return { outcomes: [], rows: [], shards: [] };
  for (const [index, { shardKey }] of rows.entries()) {
    const error = outOfReach(access, table, shardKey, { kind: 'createMany' });
    if (error !== null) throw withInputPath(error, placeOfRow(table, draft.data, index).path);
  }
  const rules = access.writeRules(tablesOf(draft));
  const given = { table: table.typeName, rows, onConflict, select };
  const written = await shards.writeRows(given, { ...options, rules });
  const failures = written.shards.flatMap(({ failure }) => failure ?? []);
  if (failures.length === written.shards.length) {
    const [first] = failures.sort((a, b) => (a.row ?? rows.length) - (b.row ?? rows.length));
    throw failureOf(draft, first!);
  }
  reader.recordCommits(
    written.shards.flatMap(({ commit }) => commit ?? []),
    path,
  );
  const shown = written.shards.map(({ failure, ...shard }) => ({
    ...shard,
    failure: failure && { ...failure, error: shownFailure(failure.error, model) as ShardQLError },
  }));
  return { ...written, shards: shown };
}

/** Types of all tables whose rows are written. */
const tablesOf = ({ table, rows }: RowsDraft): ReadonlySet<string> =>
  new Set([
    table.typeName,
    ...rows.flatMap((row) => (isTree(row) ? row.operationsAt(0, null).map((operation) => operation.table) : [])),
  ]);

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
  // What lies under other shard keys is not there: nothing is found.
  if (!mayBeUnder(field.context.access, draft.table, shardKey)) return { outcomes: [], rows: [], shards: [] };
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
