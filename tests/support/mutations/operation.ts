/** Mutations as data, so that a list of them can be run again, in part, on rows that are empty at first. */
import type { Type, Value } from './shapes.ts';

/** What `expectedVersion` says: nothing, the version that the row has when the operation is run, or one that it never had. */
export type Expectation = 'none' | 'current' | 'wrong';

/** What `expectedVersion` says of a nested row. */
export interface NestedExpectation {
  readonly is: Exclude<Expectation, 'none'>;
  readonly type: Type;
  readonly tenant: string;
  /** Of the row that has the version. */
  readonly id: string;
}

interface OfRow {
  readonly type: Type;
  readonly tenant: string;
}

interface OfNamedRow extends OfRow {
  /** One key of the row, as in GraphQL. */
  readonly by: Value;
  readonly expects: Expectation;
}

export interface Changes {
  readonly data: Value;
  /** Null: left out. */
  readonly atomic: Value;
}

export interface NewRow {
  readonly tenant: string;
  readonly data: Value;
  readonly expects: Expectation;
}

interface OfRowsFound extends OfRow {
  readonly where: Value;
  readonly atMost: number;
  readonly dryRun: boolean;
}

export type Single =
  | ({ readonly kind: 'create'; readonly data: Value } & OfRow)
  | ({ readonly kind: 'update' } & OfNamedRow & Changes)
  | ({ readonly kind: 'upsert'; readonly create: Value; readonly update: Value; readonly atomic: Value } & OfNamedRow)
  | ({ readonly kind: 'delete'; readonly dryRun: boolean } & OfNamedRow)
  | ({ readonly kind: 'restore' | 'purge' } & OfNamedRow);

export type Bulk =
  | {
      readonly kind: 'createMany';
      readonly type: Type;
      readonly rows: readonly NewRow[];
      readonly onConflict: 'ERROR' | 'IGNORE' | 'UPDATE' | null;
      readonly conflictKey: string | null;
      readonly dryRun: boolean;
    }
  | {
      readonly kind: 'upsertMany';
      readonly type: Type;
      readonly rows: readonly NewRow[];
      readonly conflictKey: string | null;
      readonly dryRun: boolean;
    }
  | ({ readonly kind: 'updateMany' } & OfRowsFound & Changes)
  | ({ readonly kind: 'deleteMany' } & OfRowsFound);

/** An operation of a transaction. */
export interface Step {
  readonly operation: Single | Bulk;
  /** It names the shard key; else it has that of the others. */
  readonly isPlaced: boolean;
  readonly as: string | null;
  readonly refs: readonly { readonly column: string; readonly from: string; readonly field: string }[];
}

/** What is refused whatever rows there are. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly document: string;
  readonly code: string;
}

export type Operation =
  | Single
  | Bulk
  | { readonly kind: 'transaction'; readonly tenant: string; readonly steps: readonly Step[] }
  | Wrong;
