/** Types of the data that users' own fields read and write. Values are those of {@link RowValues}. */
import type { RelationsOf, RelationsOfType, TablesOf, TypeName } from '../../model/declared-model.ts';
import type { ColumnName, ColumnValue, KindOfColumn, RowValues } from '../../model/row-values.ts';
import type { Model } from '../../model/types.ts';
import type { RelationNames, TableShapes, TargetOf, Where as WhereOf } from '../../model/where.ts';
import type { SortOrder } from '../../plans/arguments/order.ts';
import type { ConsistencyArguments } from '../../plans/selection/asked-consistency.ts';
import type { ColumnReference } from './written-rows.ts';

/** All columns of a row, its version and its global id. Given back by a field of the row's type, it stands for the row. */
export type DataRow<M extends Model, Type extends TypeName<M>> = RowValues<TablesOf<M>[Type]> & {
  readonly version: string;
} & { readonly [Id in M['globalIdField']]: string };

/** What a field of a row's type may give: a row that was read, or an object that holds the row's primary key. */
export type RowReference<M extends Model, Type extends TypeName<M>> = Partial<RowValues<TablesOf<M>[Type]>>;

/** The `where` of a list, as in GraphQL. */
type Where<M extends Model, Type extends string> = WhereOf<TablesOf<M> & TableShapes, RelationsOf<M>, Type>;

/** One entry of an `orderBy`, as in GraphQL: exactly one member. */
type OrderBy<M extends Model, Type extends string> = {
  readonly [Column in ColumnName<TablesOf<M>[Type & TypeName<M>]>]?: SortOrder;
} & {
  readonly [Name in RelationNames<RelationsOfType<M, Type>, 'one'>]?: OrderBy<
    M,
    TargetOf<RelationsOfType<M, Type>[Name]>
  >;
} & {
  readonly [Name in `${RelationNames<RelationsOfType<M, Type>, 'many'>}Aggregate`]?: Readonly<Record<string, unknown>>;
};

export type AnyKey = string | number;

/** Names one row: a column, or the columns of a composite key, as in GraphQL's `by`: exactly one member. */
type By<M extends Model, Type extends TypeName<M>> = {
  readonly [Column in ColumnName<TablesOf<M>[Type]>]?: ColumnValue<TablesOf<M>[Type], Column>;
} & { readonly [Composite in `${string}And${string}`]?: RowReference<M, Type> };

export interface OneArguments<M extends Model, Type extends TypeName<M>> {
  readonly by: By<M, Type>;
  /** Where the row lives. If neither it nor `by` names one, all shards are asked. */
  readonly shardKey?: AnyKey;
}

/** Of a read by users' code. */
export interface ReadOptions {
  /** How fresh the answer must be, whatever the client asks. Default: in a mutation STRONG, else what the client asks. */
  readonly consistency?: ConsistencyArguments | undefined;
  /** Deleted rows too, of a table that keeps them. */
  readonly includeDeleted?: boolean;
}

export interface ListArguments<M extends Model, Type extends TypeName<M>> {
  readonly where?: Where<M, Type> | null;
  readonly orderBy?: readonly OrderBy<M, Type>[] | null;
  /** Words to find, where the table has full-text columns. */
  readonly search?: string | null;
  /** Rows from the start; default and maximum are those of GraphQL lists. */
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly offset?: number | null;
  readonly shardKey?: AnyKey;
}

/** Columns, and what is written of related rows with them, as in GraphQL. */
type Data<M extends Model, Type extends TypeName<M>> = Partial<RowValues<TablesOf<M>[Type]>> & NestedData<M, Type>;

type NestedData<M extends Model, Type extends TypeName<M>> = {
  readonly [Name in RelationNames<RelationsOfType<M, Type>, 'one' | 'many'>]?: Readonly<Record<string, unknown>>;
};

/** The same in a transaction: columns may take the values of those of other rows. */
type TransactedData<M extends Model, Type extends TypeName<M>> = {
  readonly [Column in keyof RowValues<TablesOf<M>[Type]>]?:
    | RowValues<TablesOf<M>[Type]>[Column]
    | ColumnReference<RowValues<TablesOf<M>[Type]>[Column]>;
} & NestedData<M, Type>;

export interface CreateArguments<M extends Model, Type extends TypeName<M>> {
  readonly data: Data<M, Type>;
}

export interface DeleteArguments<M extends Model, Type extends TypeName<M>> extends OneArguments<M, Type> {
  /** Write only if the row still has this version; else the error is `CONFLICT`. */
  readonly expectedVersion?: string;
}

type Numbers<Value> = {
  readonly [Operator in 'setIfNull' | 'multiply' | 'increment' | 'decrement' | 'min' | 'max']?: Value;
};

interface JsonAtPath {
  readonly path?: string;
  readonly value: unknown;
}

interface JsonChanges<Value> {
  readonly setIfNull?: Value;
  readonly merge?: Readonly<Record<string, unknown>>;
  readonly set?: readonly JsonAtPath[];
  readonly unset?: readonly string[];
  readonly append?: readonly JsonAtPath[];
}

/** Changes of a column in place; those that its GraphQL input lacks are refused when the write is made. */
type AtomicChanges<Kind, Value> = Kind extends 'json'
  ? JsonChanges<Value>
  : Kind extends 'number'
    ? Numbers<Value>
    : Kind extends 'text'
      ? Numbers<Value> & { readonly [Operator in 'prepend' | 'append']?: Value }
      : { readonly setIfNull?: Value };

/** The `atomic` of an update, as in GraphQL. */
interface Atomic<M extends Model, Type extends TypeName<M>> {
  /** Columns to change in place; none is both here and in the data. */
  readonly atomic?: {
    readonly [Column in ColumnName<TablesOf<M>[Type]>]?: AtomicChanges<
      KindOfColumn<TablesOf<M>[Type], Column>,
      ColumnValue<TablesOf<M>[Type], Column>
    >;
  };
}

export interface UpdateArguments<M extends Model, Type extends TypeName<M>>
  extends DeleteArguments<M, Type>,
    Atomic<M, Type> {
  readonly data?: Data<M, Type>;
}

export interface TransactedCreate<M extends Model, Type extends TypeName<M>> {
  readonly data: TransactedData<M, Type>;
}

export interface TransactedUpdate<M extends Model, Type extends TypeName<M>>
  extends DeleteArguments<M, Type>,
    Atomic<M, Type> {
  readonly data?: TransactedData<M, Type>;
}

export interface TransactedUpsert<M extends Model, Type extends TypeName<M>>
  extends DeleteArguments<M, Type>,
    Atomic<M, Type> {
  /** The new row; what `by` names is part of it. */
  readonly create: TransactedData<M, Type>;
  /** Columns to set of a row that is there. */
  readonly update?: TransactedData<M, Type>;
}

export interface CreateManyArguments<M extends Model, Type extends TypeName<M>> {
  readonly data: readonly Data<M, Type>[];
  /** What becomes of a row whose key another row has. Default: `ERROR`. */
  readonly onConflict?: 'ERROR' | 'IGNORE' | 'UPDATE';
  /** The key that may be taken, as GraphQL's enum has it. */
  readonly conflictKey?: string;
}

export interface UpsertManyArguments<M extends Model, Type extends TypeName<M>> {
  readonly data: readonly (Data<M, Type> & { readonly expectedVersion?: string })[];
  /** The key by which rows are found, as GraphQL's enum has it. Default: the primary one. */
  readonly conflictKey?: string;
}

export interface DeleteManyArguments<M extends Model, Type extends TypeName<M>> {
  readonly where: Where<M, Type>;
  /** From 1 to 10,000. If more rows are found, none is written. */
  readonly atMost: number;
}

export interface UpdateManyArguments<M extends Model, Type extends TypeName<M>>
  extends DeleteManyArguments<M, Type>,
    Atomic<M, Type> {
  readonly data?: Partial<RowValues<TablesOf<M>[Type]>>;
}
