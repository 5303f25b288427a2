/** What an undo tells: which rows go back, and which are left as they are, and why. */
import type { WireError } from './errors.ts';
import type { ShardKey } from './shard-key.ts';

/** Why a row is left as it is. */
export const UNDO_CONFLICTS = [
  /** A later write has changed the row. */
  'CHANGED_SINCE',
  /** A later write has deleted the row. */
  'DELETED_SINCE',
  /** The row was deleted, and there is one with its key again. */
  'CREATED_AGAIN',
  /** Another row has a value by now that is unique. */
  'VALUE_TAKEN',
  /** The row would refer to one that is not there. */
  'PARENT_MISSING',
  /** Rows refer to it that are left as they are: undo deletes and changes none with it. */
  'STILL_REFERRED',
  /** A migration has dropped its table or a column since, or may have converted values. */
  'SCHEMA_CHANGED',
  /** The model does not let the old values pass any more. */
  'INVALID_VALUE',
  /** Its slot belongs to another shard by now. */
  'SLOT_MOVED',
] as const;

export type UndoConflictReason = (typeof UNDO_CONFLICTS)[number];

/** JSON values by GraphQL field name; long ones are abbreviated, with `…` at their end. */
export type ShownValues = Readonly<Record<string, unknown>>;

export interface ShownRow {
  /** GraphQL type; of a table that the model does not have any more, the name in SQL. */
  readonly table: string;
  readonly key: ShownValues;
  /** As the row is without the undo: of a changed row, the columns that differ. Null: it is not there. */
  readonly before: ShownValues | null;
  /** As the undo leaves it, or would. Null: not there. */
  readonly after: ShownValues | null;
}

export interface ShownConflict extends ShownRow {
  readonly reason: UndoConflictReason;
  readonly message: string;
}

/** Part of a list: as many of its rows from an offset on as there is room for. */
export interface UndoPage<Row> {
  /** Length of the list. */
  readonly total: number;
  readonly rows: readonly Row[];
}

/** Which part of a list is shown. `limit`: greatest number of rows, at most {@link MAX_UNDO_PAGE}. */
export interface UndoPageRange {
  readonly offset: number;
  readonly limit: number;
}

/** Greatest number of rows of a page. */
export const MAX_UNDO_PAGE = 100;

/** What an undo did in one shard. */
export interface Undone {
  /** Those under which it may have changed rows. */
  readonly shardKeys: readonly ShardKey[];
  /** Rows that were deleted, and are there again. */
  readonly restored: number;
  readonly updated: number;
  /** Rows that were created, and are gone again. */
  readonly deleted: number;
  /** Rows that go back, those of each table before those that refer to them. */
  readonly changes: UndoPage<ShownRow>;
  /** Rows that are left, in the same order. */
  readonly conflicts: UndoPage<ShownConflict>;
}

/** What the shards of an operation did to undo it, each of them atomic by itself. */
export interface UndoneOperation extends Omit<Undone, 'shardKeys'> {
  readonly shards: readonly ShardUndone[];
}

/** Of one shard: what it did, or why it did nothing. */
export type ShardUndone = { readonly shard: string } & (
  | Pick<Undone, 'restored' | 'updated' | 'deleted'>
  | { readonly error: WireError }
);
