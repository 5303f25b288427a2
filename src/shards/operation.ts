/** Write operations: what a router asks a shard to change, in one transaction per request. */
import type { WireValue } from '../model/types.ts';
import type { ReadCall } from './plan.ts';
import type { Version } from './version.ts';

/** Column values by GraphQL field name. */
export type WireValues = Readonly<Record<string, WireValue>>;

/** Names one row: `columns` are a primary or unique key, shard key included. */
export interface RowKey {
  readonly columns: readonly string[];
  readonly values: readonly WireValue[];
}

/**
 * What a mutation returns: the plan and its values; the shard fills in the row's primary key, so the plan's `match` is
 * the table's primary-key columns in their order, and it has no page. Null: nothing is selected.
 */
export type Selection = Pick<ReadCall, 'plan' | 'values'> | null;

export type WriteOperation =
  | { readonly kind: 'create'; readonly table: string; readonly values: WireValues; readonly select: Selection }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly key: RowKey;
      /** Columns to set; never key or shard-key columns of the primary key. Empty: nothing changes, but `expectedVersion` is still checked. */
      readonly set: WireValues;
      readonly expectedVersion: Version | null;
      readonly select: Selection;
    }
  | {
      readonly kind: 'delete';
      readonly table: string;
      readonly key: RowKey;
      readonly expectedVersion: Version | null;
      /** Read before the row goes. */
      readonly select: Selection;
    };
