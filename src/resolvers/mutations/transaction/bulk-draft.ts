/** Mutations of several rows as operations of a transaction: all of their rows are under its shard key. */
import { STRONG } from '../../../cache/requirement.ts';
import { wireToOutput } from '../../../model/codec.ts';
import type { BulkMutation } from '../../../model/mutation-names.ts';
import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { RowKeysPlan } from '../../../plans/rows-of-where.ts';
import { isTree, type NewRowsOperations, newRowsOperations } from '../../../shards/new-rows.ts';
import type { MutationOperation, RowsWritten } from '../../../shards/operation.ts';
import { fillIdSets } from '../../across-shards/fill-id-sets.ts';
import type { FieldRun } from '../../run/field-run.ts';
import { placeOfRow, type RowsDraft, type WhereDraft } from '../compile/bulk-draft.ts';
import type { DataInput } from '../compile/column-values.ts';
import { compileBulk } from '../compile/compile-bulk.ts';
import { atValues, withInputPath } from '../compile/input-path.ts';
import { hasNested } from '../compile/nested/relations.ts';
import { isRoot, shardKeyOfNew } from '../compile/nested/shard-key-of-new.ts';
import type { OperationPlace } from '../compile/operation-place.ts';
import { requireAmong } from '../compile/rows-meant.ts';
import type { DraftedOperations, DraftedShardKey, DraftSubject, WritePlace } from '../compile/write-draft.ts';

/** What an operation of a transaction writes. */
export interface TransactionDraft extends DraftSubject {
  readonly operationsAt: (place: WritePlace) => TransactionOperations;
  /** How rows that conditions find are found. Absent: rows are named. */
  readonly found?: RowKeysPlan;
  /** Reads what it needs before it is placed. */
  readonly prepare?: (field: FieldRun) => Promise<void>;
}

interface TransactionOperations extends Omit<DraftedOperations, 'operations'> {
  readonly operations: readonly MutationOperation[];
  /** How many operations they count as. Absent: each as one. */
  readonly size?: number;
  /** What has been written, made of the results of the operations. Absent: that of the one which is shown. */
  readonly writtenOf?: (results: readonly RowsWritten[]) => RowsWritten;
}

type Arguments = Readonly<Record<string, unknown>>;

export function bulkDraft(scope: RowScope, kind: BulkMutation, table: TableModel, args: Arguments): TransactionDraft {
  return kind === 'createMany' || kind === 'upsertMany'
    ? newRowsDraft(scope, kind, table, args)
    : rowsMeantDraft(compileBulk(scope, kind, table, args) as WhereDraft);
}

/** Rows that name no shard key inherit that of the transaction, so that they are compiled once it is known. */
function newRowsDraft(
  scope: RowScope,
  kind: 'createMany' | 'upsertMany',
  table: TableModel,
  args: Arguments,
): TransactionDraft {
  const { shardKey: column, typeName } = table;
  const rows = args.data as readonly DataInput[];
  return {
    table,
    ...commonShardKey(scope, table, rows),
    defaultShardKey: null,
    lookup: null,
    operationsAt: ({ shardKey, select, first }) => {
      const own = { [column.name]: wireToOutput(column, shardKey) };
      const data = rows.map((row) => (hasShardKey(table, row) ? row : { ...row, ...own }));
      const draft = compileBulk(scope, kind, table, { ...args, data }) as RowsDraft;
      const { onConflict } = draft;
      const written = newRowsOperations({ table: typeName, onConflict, select }, draft.rows, first);
      const { operations, sources, writtenOf } = written;
      // Rows count as operations, in bulk too.
      const size = sources.reduce((sum, { rows: some, position }) => sum + (position === null ? some.length : 1), 0);
      return { operations, size, writtenOf, places: placesOf(draft, rows, written), shown: 0 };
    },
  };
}

/** @param data the rows as the arguments give them, without the shard key that they inherit. */
const placesOf = (
  { table, rows }: RowsDraft,
  data: readonly DataInput[],
  { sources }: NewRowsOperations,
): OperationPlace[] =>
  sources.map(({ rows: indices, position }) => {
    const row = rows[indices[0]!]!;
    return position === null || !isTree(row)
      ? { path: ['data'], rowAt: (at) => placeOfRow(table, data, indices[at]!) }
      : row.places[position]!;
  });

const hasShardKey = ({ shardKey }: TableModel, row: DataInput): boolean => (row[shardKey.name] ?? null) !== null;

type StatedShardKey = Pick<DraftedShardKey, 'shardKey' | 'newRoot'>;

/** What rows state together. */
function commonShardKey(scope: RowScope, table: TableModel, rows: readonly DataInput[]): StatedShardKey {
  let common: StatedShardKey = { shardKey: null, newRoot: null };
  for (const [index, row] of rows.entries()) {
    const place = placeOfRow(table, rows, index);
    const { shardKey, newRoot } = atValues(place, () => statedShardKey(scope, table, row));
    // Two new roots cannot inherit the same.
    const isSecondRoot = shardKey === null && newRoot !== null && (common.newRoot ?? null) !== null;
    const isOther = shardKey !== null && common.shardKey !== null && shardKey !== common.shardKey;
    if (isSecondRoot || isOther) throw withInputPath(severalShardKeys(table), place.path);
    common = { shardKey: shardKey ?? common.shardKey, newRoot: newRoot ?? common.newRoot };
  }
  return common;
}

/** What the row says itself, or those that it refers to. */
function statedShardKey(scope: RowScope, table: TableModel, row: DataInput): StatedShardKey {
  const preset = scope.access.presetsOf(table.typeName, 'create')[table.shardKey.name] ?? null;
  if (hasNested(table, row) || preset !== null) return shardKeyOfNew(scope, table, row);
  const own = row[table.shardKey.name];
  return {
    shardKey: hasShardKey(table, row) ? toWire(table, table.shardKey, own) : null,
    newRoot: isRoot(table) ? table : null,
  };
}

const severalShardKeys = ({ typeName, shardKey }: TableModel) =>
  badUserInput(
    `Expected rows of one ${shardKey.name}, since a transaction is under one shard key, but got several. Use a transaction for each, or the field outside of a transaction.`,
    { table: typeName, field: shardKey.name },
  );

function rowsMeantDraft(draft: WhereDraft): TransactionDraft {
  const { table, shardKey, rows, place, operationOf } = draft;
  const values = [...rows.values.ofMaking];
  return {
    table,
    shardKey,
    defaultShardKey: null,
    lookup: null,
    found: rows,
    prepare: async (field) => {
      await fillIdSets(rows.idSets, { field, requirement: STRONG, values }, () => {});
    },
    operationsAt: ({ shardKey: common, select }) => {
      requireAmong(draft, common);
      return { operations: [operationOf(values, select)], places: [place], shown: 0 };
    },
  };
}
