import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowKeysPlan } from '../../../plans/rows-of-where.ts';
import type { NewRowTree } from '../../../shards/new-rows.ts';
import type { MutationOperation, OnConflict, Selection, WireValues } from '../../../shards/operation.ts';
import type { PlanValue } from '../../../shards/plan/value.ts';
import type { ShardKey } from '../../../shards/shard-key.ts';
import type { Version } from '../../../shards/version.ts';
import type { DataInput } from './column-values.ts';
import type { ValuesPlace } from './input-path.ts';
import type { OperationPlace } from './operation-place.ts';
import type { RowChanges } from './row-changes.ts';

/** What a mutation of several rows writes, as far as its arguments tell: nothing has been read for it. */
export type BulkDraft = RowsDraft | WhereDraft;

/** Rows that the arguments bring; each may lie on a shard of its own. */
export interface RowsDraft {
  readonly kind: 'rows';
  readonly table: TableModel;
  readonly rows: readonly (DraftedRow | DraftedTree)[];
  /** The rows as the arguments give them. */
  readonly data: readonly DataInput[];
  /** Null: a row whose key another row has fails. */
  readonly onConflict: OnConflict | null;
}

/** Where a row of the argument `data` stands. */
export const placeOfRow = ({ typeName }: TableModel, data: readonly DataInput[], index: number): ValuesPlace => ({
  path: ['data', index],
  table: typeName,
  values: data[index]!,
});

export interface DraftedRow {
  readonly shardKey: ShardKey;
  /** What is given, for a new row and for one that is there. */
  readonly values: WireValues;
  /** What defaults add to a new row. */
  readonly defaults: WireValues;
  /** What columns that follow changes are set to instead, if the row is there and is given something. */
  readonly changes: WireValues;
  readonly expectedVersion: Version | null;
}

/** A row with related ones. */
export interface DraftedTree extends NewRowTree {
  /** Of its operations, in their order. */
  readonly places: readonly OperationPlace[];
}

/** Rows that are found by conditions, under one shard key. */
export interface WhereDraft {
  readonly kind: 'where';
  readonly table: TableModel;
  /** Null: the arguments do not name it. */
  readonly shardKey: Exclude<WireValue, null> | null;
  /** Those that the conditions allow; null: any. */
  readonly shardKeys: readonly Exclude<WireValue, null>[] | null;
  readonly rows: RowKeysPlan;
  /** Of the operation. */
  readonly place: OperationPlace;
  /** What is changed of them; null: they are deleted. */
  readonly changes: RowChanges | null;
  /** @param values those of `rows`, with the id sets that it needs. */
  readonly operationOf: (values: readonly PlanValue[], select: Selection) => MutationOperation;
}
