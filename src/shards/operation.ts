/**
 * Write operations: what a router asks a shard to change, in one transaction per request. They are a flat list, applied in
 * order: an operation may take values from the row of an earlier one, so nested writes and transactions need nothing else.
 */

import type { WireValue } from '../model/types.ts';
import type { WireError } from './errors.ts';
import type { RowAnswer } from './plan/answer.ts';
import type { JsonStep } from './plan/computed.ts';
import type { ReadCall } from './plan/read.ts';
import type { Undone, UndoPageRange } from './undo.ts';
import type { Version } from './version.ts';

/** Column values by GraphQL field name. */
export type WireValues = Readonly<Record<string, WireValue>>;

/** The value that a column has in the row of an earlier operation, at this point of the transaction. */
export interface RowReference {
  /** Index of the operation in the request; it wrote or found exactly one row, which is still there. */
  readonly operation: number;
  /** GraphQL field name. */
  readonly column: string;
}

export type OperationValue = WireValue | RowReference;

export const isRowReference = (value: OperationValue): value is RowReference =>
  typeof value === 'object' && value !== null;

/** Column values by GraphQL field name, some of them taken from other rows. */
export type OperationValues = Readonly<Record<string, OperationValue>>;

/** Names one row: `columns` are a primary or unique key, shard key included. */
export interface RowKey {
  readonly columns: readonly string[];
  readonly values: readonly OperationValue[];
}

/** How the row of an operation is found, and what must hold of it. */
export interface Target {
  readonly key: RowKey;
  /**
   * Values that the row must have besides its key; else it counts as not there. So nested writes reach only the rows that
   * are related to their parent. Null: no more is asked.
   */
  readonly within: OperationValues | null;
  /** `CONFLICT` if the row has another version. Null: any will do. */
  readonly expectedVersion: Version | null;
}

/**
 * What a mutation returns: the plan and its values; the shard fills in the row's primary key, so the plan's `match` is
 * the table's primary-key columns in their order, and it has no page. Null: nothing is selected.
 */
export type Selection = Pick<ReadCall, 'plan' | 'values'> | null;

/**
 * A change of the value that a column has, worked out inside the transaction: no other write comes in between. NULL stays
 * NULL, except by `setIfNull`, and by changes of JSON other than `unsetJson`, for which it is an empty object.
 */
export type AtomicChange =
  | {
      /** Numbers, exactly: a sum, a difference, a product, the smaller or the greater of the two. */
      readonly kind: 'increment' | 'decrement' | 'multiply' | 'min' | 'max';
      readonly value: WireValue;
    }
  | {
      /** Any column. */
      readonly kind: 'setIfNull';
      readonly value: WireValue;
    }
  | {
      /** Text: what stands behind or before it. */
      readonly kind: 'append' | 'prepend';
      readonly value: WireValue;
    }
  | {
      /** JSON: a merge patch (RFC 7396). `value`: JSON text. */
      readonly kind: 'mergeJson';
      readonly value: string;
    }
  | {
      /**
       * JSON: sets the value at a path, or puts it behind the elements of the list there. What is missing on the way, or null,
       * is made. `value`: JSON text.
       */
      readonly kind: 'setJson' | 'appendJson';
      readonly path: readonly JsonStep[];
      readonly value: string;
    }
  | {
      /** JSON: removes what is at a path, if anything is. Later elements of a list move up. */
      readonly kind: 'unsetJson';
      readonly path: readonly JsonStep[];
    };

/** Changes by GraphQL field name, each applied to what the one before has made. */
export type AtomicChanges = Readonly<Record<string, readonly AtomicChange[]>>;

/**
 * A cell of a row of `createMany`. `[]`: the row leaves the column out; `[value]`: only a new row takes the value; `[value, change]`:
 * a row that is there already takes the change instead.
 */
export type CreateCell = WireValue | readonly [] | readonly [WireValue] | readonly [WireValue, WireValue];

/** What becomes of a row that is there already. */
export interface OnConflict {
  /** Columns of the primary or a unique key by which it is found; every row gives them. Null: of any key, if `set` is null. */
  readonly key: readonly string[] | null;
  /** Columns that it takes over from the row that was to be created; never columns of the primary key. Null: it is `IGNORED`. */
  readonly set: readonly string[] | null;
}

/** The rows that a plan finds. */
export interface RowsMeant {
  /** Text of a page plan that matches nothing, and reads the primary-key columns in their order. */
  readonly plan: ReadCall['plan'];
  readonly values: ReadCall['values'];
}

/** What is changed of a row that is there. */
export interface RowChanges {
  /** Columns to set; never columns of the primary key. */
  readonly set: OperationValues;
  /** Columns to change in place; never columns of the primary key, nor those of `set`. */
  readonly atomic: AtomicChanges;
}

/** What an earlier operation must have come upon for one to be applied. */
export interface Condition {
  /** Index of a `find` or `upsert` in the request. If it was not applied itself, no condition on it holds. */
  readonly operation: number;
  /** Whether it found a row; an upsert that did not has inserted one. */
  readonly found: boolean;
}

/** Of operations that may be left out, with an empty result. */
interface Conditional {
  /** Left out: it is applied in any case. */
  readonly when?: Condition;
}

export type WriteOperation =
  | ({
      readonly kind: 'create';
      readonly table: string;
      readonly values: OperationValues;
      /** Read once all operations are applied. */
      readonly select: Selection;
    } & Conditional)
  | ({
      readonly kind: 'update';
      readonly table: string;
      /** Read once all operations are applied. */
      readonly select: Selection;
    } & Target &
      // Both empty: nothing changes, but the target is still checked.
      RowChanges &
      Conditional)
  | ({
      /** Changes the row that is there, or else creates one. Its references are read for what is done alone. */
      readonly kind: 'upsert';
      readonly table: string;
      /**
       * Of a new row: what it lacks of `key` and `within` is taken from there, and it must not contradict them. With an
       * `expectedVersion` none is created: `NOT_FOUND`.
       */
      readonly create: OperationValues;
      /** True: a row with this key that was deleted and kept is restored, rather than in the way of a new one. */
      readonly restores?: boolean;
      /** True: a row that has all values of `set` already is not written, as by `createMany`; there are no `atomic` changes then. */
      readonly unlessEqual?: boolean;
      /** Read once all operations are applied. */
      readonly select: Selection;
    } & Target &
      RowChanges &
      Conditional)
  | ({
      readonly kind: 'delete';
      readonly table: string;
      /** Read before the row goes. */
      readonly select: Selection;
    } & Target &
      Conditional)
  | ({
      /** Looks for a row, so that later operations take its values, or depend on it. */
      readonly kind: 'find';
      readonly table: string;
      /** True: a row that is not there is `NOT_FOUND`. */
      readonly required: boolean;
    } & Omit<Target, 'key'> & {
        /** Null: any row with the values `within`, of which one is the shard key. */
        readonly key: RowKey | null;
      } & Conditional)
  | ({
      /** Changes or deletes all rows with the same values: those that are related to a row, say. */
      readonly kind: 'unlink';
      readonly table: string;
      /** Values of the rows, of which one is the shard key. */
      readonly match: OperationValues;
      /** Operations whose rows are left as they are. */
      readonly keep: readonly number[];
      /** Columns to set; null: the rows are deleted. */
      readonly set: WireValues | null;
      /** True: it is `NOT_FOUND` if there is no such row. */
      readonly required: boolean;
    } & Conditional)
  | ({
      /** Takes back the delete of a row that was kept, and of those that went with it. */
      readonly kind: 'restore';
      readonly table: string;
      /** Read once all operations are applied. */
      readonly select: Selection;
    } & Target &
      Conditional)
  | ({
      /** Takes a row away for good that was deleted and kept. */
      readonly kind: 'purge';
      readonly table: string;
      /** Read before the row goes. */
      readonly select: Selection;
    } & Target &
      Conditional)
  | {
      /**
       * Creates rows. Of those that name one key twice, the later one finds the earlier one there. Rows may refer to each other
       * in any order.
       */
      readonly kind: 'createMany';
      readonly table: string;
      /** Columns that rows may give (GraphQL field names). */
      readonly columns: readonly string[];
      /** JSON text: an array of rows, each an array of {@link CreateCell}s in `columns` order. */
      readonly rows: string;
      /** Null: a row that is there already is a `UNIQUE_VIOLATION`. */
      readonly onConflict: OnConflict | null;
      /** By row: `CONFLICT` if it is there already with another version, `NOT_FOUND` if it is not; null: any will do. Null: of no row. */
      readonly expectedVersions: readonly (Version | null)[] | null;
      /** Read once all operations are applied; of a row that was there already, as it is then. */
      readonly select: Selection;
    }
  | ({
      /** Changes the rows that a plan finds, all in the same way. */
      readonly kind: 'updateMany';
      readonly table: string;
      readonly rows: RowsMeant;
      /** `BAD_USER_INPUT` for more rows. */
      readonly atMost: number;
      /** Read once all operations are applied. */
      readonly select: Selection;
    } & RowChanges)
  | {
      /** Deletes the rows that a plan finds. */
      readonly kind: 'deleteMany';
      readonly table: string;
      readonly rows: RowsMeant;
      /** `BAD_USER_INPUT` for more rows. */
      readonly atMost: number;
      /** Read before the rows go. */
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
    }
  | {
      /** Takes back what one commit of this shard changed. Alone in its request. */
      readonly kind: 'undo';
      /** Id of the operation that made it. */
      readonly origin: string;
      readonly version: Version;
      /** Which rows are shown of those that go back, and of those that stay. */
      readonly changes: UndoPageRange;
      readonly conflicts: UndoPageRange;
    };

/** An operation on rows of a table that it names. */
export type TableOperation = Exclude<WriteOperation, { readonly kind: 'undo' }>;

export type OperationOf<Kind extends WriteOperation['kind']> = Extract<WriteOperation, { readonly kind: Kind }>;

/** An operation as mutations make them. */
export type MutationOperation = Exclude<TableOperation, { readonly kind: 'import' }>;

/** One that names its rows. */
export type RowOperation = Exclude<MutationOperation, { readonly kind: 'createMany' | 'updateMany' | 'deleteMany' }>;

/** What became of a row. `UNCHANGED`: it was there, and nothing was to be changed; or, of `createMany`, nothing that it did not have. */
export type RowOutcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'DELETED' | 'IGNORED';

/** What an operation did. */
export interface RowsWritten {
  /** One for each row that the operation is about, in its order; what cascades changed is not among them. */
  readonly outcomes: readonly RowOutcome[];
  /** The selection of each of them; null: the row was gone at the end of the commit, or cannot be named. Empty where nothing is selected. */
  readonly rows: readonly (RowAnswer | null)[];
}

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

/** What comes of an operation. */
export type OperationResult<Kind extends WriteOperation['kind'] = WriteOperation['kind']> = Kind extends 'import'
  ? ImportedRows
  : Kind extends 'undo'
    ? Undone
    : RowsWritten;
