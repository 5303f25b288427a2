import type { ColumnModel, TableModel, WireValue } from '../../../../model/types.ts';

export type PrimaryKey = readonly WireValue[];

/** A row that is there. */
export interface NamedRow {
  /** Decimal digits: row ids may exceed 2^53. */
  readonly rowId: string;
  readonly primaryKey: PrimaryKey;
}

/** What is to be done with a row that is there. */
export type RowRight = 'read' | 'update' | 'delete';

/** What a row is for the caller. `hidden`: it is not there. */
type RowVerdict = 'allowed' | 'denied' | 'hidden';

/** What the caller of a commit may do, as its operations ask for it, and are held to it. */
export interface CallerAccess {
  /** What each of these rows is for the caller who wants to do something with it. */
  judge(table: TableModel, right: RowRight, keys: readonly PrimaryKey[]): RowVerdict[];
  /** The path of a rule, for errors; undefined: errors name none. */
  pathOf(table: TableModel, rule: string): string | undefined;
  /** True for a row that may be read. */
  reads(table: TableModel, key: PrimaryKey): boolean;
  /** @throws ShardQLError FORBIDDEN for a row that is there, and with which that may not be done. */
  refuse(table: TableModel, right: RowRight, verdict: RowVerdict | undefined): void;
  /** @throws ShardQLError FORBIDDEN unless rows of the table may be created. */
  requireCreate(table: TableModel): void;
  /** @throws ShardQLError FORBIDDEN unless some rows of the table may be changed so, whichever they are. */
  requireVerb(table: TableModel, verb: 'update' | 'delete'): void;
  /** False: what these columns refer to is not looked at, since a rule gives them, or every row may be read. */
  looksAtTargets(table: TableModel, verb: 'create' | 'update', columns: readonly string[], target: string): boolean;
  /** A plan of the caller's is about to be read, which has the rules for what may be read in it. */
  willRead(plan: string): void;
  /** False: what becomes of new rows does not matter, so that their keys need not be known. */
  followsNewRows(table: TableModel): boolean;
  /** Rows were created; of several, null stands for one that was not. */
  created(table: TableModel, keys: readonly (PrimaryKey | null)[], areOfList?: boolean): void;
  /** Rows are about to be changed. */
  willChange(table: TableModel, rows: readonly NamedRow[], columns: readonly ColumnModel[]): void;
  /** Rows were changed; of several, null stands for one that was not. */
  changed(table: TableModel, rows: readonly (NamedRow | null)[], areOfList?: boolean): void;
}
