/** Mutations of several rows as operations of a transaction: all of their rows are under its shard key. */
import { STRONG } from '../../../cache/requirement.ts';
import { wireToOutput } from '../../../model/codec.ts';
import type { BulkMutation } from '../../../model/mutation-names.ts';
import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { createManyOperation } from '../../../shards/new-rows.ts';
import type { MutationOperation } from '../../../shards/operation.ts';
import { fillIdSets } from '../../across-shards/fill-id-sets.ts';
import type { FieldRun } from '../../run/field-run.ts';
import type { RowsDraft, WhereDraft } from '../compile/bulk-draft.ts';
import type { DataInput } from '../compile/column-values.ts';
import { compileBulk } from '../compile/compile-bulk.ts';
import { withInputPath } from '../compile/input-path.ts';
import { isRoot } from '../compile/nested/shard-key-of-new.ts';
import type { DraftedOperations, DraftSubject, WritePlace } from '../compile/write-draft.ts';

/** What an operation of a transaction writes. */
export interface TransactionDraft extends DraftSubject {
  readonly operationsAt: (
    place: WritePlace,
  ) => Omit<DraftedOperations, 'operations'> & { readonly operations: readonly MutationOperation[] };
  /** Reads what it needs before it is placed. */
  readonly prepare?: (field: FieldRun) => Promise<void>;
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
    shardKey: commonValue(table, rows),
    defaultShardKey: null,
    newRoot: isRoot(table) && rows.length > 0 ? table : null,
    lookup: null,
    operationsAt: ({ shardKey, select }) => {
      const own = { [column.name]: wireToOutput(column, shardKey) };
      const data = rows.map((row) => (hasShardKey(table, row) ? row : { ...row, ...own }));
      const { rows: drafted, onConflict } = compileBulk(scope, kind, table, { ...args, data }) as RowsDraft;
      const operation = createManyOperation({ table: typeName, onConflict, select }, drafted);
      return { operations: [operation], paths: [['data']], shown: 0 };
    },
  };
}

const hasShardKey = ({ shardKey }: TableModel, row: DataInput): boolean => (row[shardKey.name] ?? null) !== null;

function commonValue(table: TableModel, rows: readonly DataInput[]): Exclude<WireValue, null> | null {
  let common: Exclude<WireValue, null> | null = null;
  for (const [index, row] of rows.entries()) {
    if (!hasShardKey(table, row)) {
      // They cannot inherit the same.
      if (index > 0 && isRoot(table)) throw withInputPath(severalShardKeys(table), ['data', index]);
      continue;
    }
    const value = toWire(table, table.shardKey, row[table.shardKey.name]);
    if (common !== null && value !== common) throw withInputPath(severalShardKeys(table), ['data', index]);
    common = value;
  }
  return common;
}

const severalShardKeys = ({ typeName, shardKey }: TableModel) =>
  badUserInput(
    `Expected rows of one ${shardKey.name}, since a transaction is under one shard key, but got several. Use a transaction for each, or the field outside of a transaction.`,
    { table: typeName, field: shardKey.name },
  );

function rowsMeantDraft({ table, shardKey, rows, operationOf }: WhereDraft): TransactionDraft {
  const values = [...rows.values.ofMaking];
  return {
    table,
    shardKey,
    defaultShardKey: null,
    lookup: null,
    prepare: async (field) => {
      await fillIdSets(rows.idSets, { field, requirement: STRONG, values }, () => {});
    },
    operationsAt: ({ select }) => ({ operations: [operationOf(values, select)], paths: [[]], shown: 0 }),
  };
}
