/** Write operations: what a router asks a shard to change, in one transaction per request. */

import type { WireValue } from '../model/types.ts';
import type { WireError } from './errors.ts';
import type { RowAnswer } from './plan/answer.ts';
import type { ReadCall } from './plan/read.ts';
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
  | {
      readonly kind: 'create';
      readonly table: string;
      readonly values: WireValues;
      /** Read once all operations are applied. */
      readonly select: Selection;
    }
  | {
      readonly kind: 'update';
      readonly table: string;
      readonly key: RowKey;
      /** Columns to set; never key or shard-key columns of the primary key. Empty: nothing changes, but `expectedVersion` is still checked. */
      readonly set: WireValues;
      readonly expectedVersion: Version | null;
      /** Read once all operations are applied. */
      readonly select: Selection;
    }
  | {
      readonly kind: 'delete';
      readonly table: string;
      readonly key: RowKey;
      readonly expectedVersion: Version | null;
      /** Read before the row goes. */
      readonly select: Selection;
    }
  | {
      /** Upserts rows by primary key. A row that fails does so alone: the others stay. */
      readonly kind: 'import';
      readonly table: string;
      /** Columns that the rows give (GraphQL field names); includes the primary key. */
      readonly columns: readonly string[];
      /** JSON text: an array of rows, each an array of wire values in `columns` order. */
      readonly rows: string;
      /** Ties the batches of one import together, so that keys that it repeats are counted. Null: they are not. */
      readonly importId: string | null;
    };

export type OperationOf<Kind extends WriteOperation['kind']> = Extract<WriteOperation, { readonly kind: Kind }>;

/** An operation on one row, as mutations make them. */
export type RowOperation = Exclude<WriteOperation, { readonly kind: 'import' }>;

/** What an import did to its rows. */
export interface ImportCounts {
  readonly inserted: number;
  readonly updated: number;
  /** Rows that were there with equal values: not written, no new version. */
  readonly unchanged: number;
  /** Of the updated rows, those that were written since the first commit of this import. */
  readonly rewritten: number;
}

export interface ImportedRows extends ImportCounts {
  /** Rows that failed alone, by index in `rows`, ascending. */
  readonly failures: readonly { readonly row: number; readonly error: WireError }[];
}

/** What comes of an operation: the selected row, null where nothing is selected; of an import, what it did. */
export type OperationResult<Kind extends WriteOperation['kind'] = WriteOperation['kind']> = {
  readonly create: RowAnswer | null;
  readonly update: RowAnswer | null;
  readonly delete: RowAnswer | null;
  readonly import: ImportedRows;
}[Kind];
