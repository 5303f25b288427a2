/** What users write: the argument types of `defineModel`. Wrong columns and wrong relation targets do not compile. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { DeclaredAccess } from './access/options.ts';
import type { ColumnName } from './row-values.ts';
import type { ConsistencyMode, GlobalIdField, RefreshPolicy } from './types.ts';
import type { ValidateOptions } from './validate-options.ts';

/** Drizzle tables by GraphQL type name. */
export type Tables = Readonly<Record<string, SQLiteTable>>;

/** Property names of a table's columns of plain text: no enum, JSON or moment. */
type TextColumnName<Table extends SQLiteTable> = {
  [Name in ColumnName<Table>]: Table['_']['columns'][Name]['_'] extends {
    readonly columnType: 'SQLiteText';
    readonly enumValues: infer Values extends readonly string[] | undefined;
  }
    ? string extends NonNullable<Values>[number]
      ? Name
      : never
    : never;
}[ColumnName<Table>];

/** Property names of a table's columns that hold moments, and may hold none. */
type MomentColumnName<Table extends SQLiteTable> = {
  [Name in ColumnName<Table>]: Table['_']['columns'][Name]['_'] extends {
    readonly columnType: 'SQLiteTimestamp' | 'SQLiteCustomColumn';
    readonly data: Date | string;
    readonly notNull: false;
  }
    ? Name
    : never;
}[ColumnName<Table>];

/** How answers with rows of a table may be cached; see `CachePolicy` for the defaults. */
export interface CacheOptions<Column extends string = string> {
  /** Mode of reads that name none. Default: `strongest`. */
  readonly mode?: ConsistencyMode;
  /** Reads may not name a stronger mode. Default STRONG. */
  readonly strongest?: ConsistencyMode;
  /** Reads may not name a weaker mode. Default CACHED. */
  readonly weakest?: ConsistencyMode;
  /** Bound of BOUNDED reads that name none, in milliseconds, 1 to 3,600,000. Default 5,000. */
  readonly maxStalenessMs?: number;
  /** How long an answer counts as fresh, in seconds, 1 to 3,600. Default 60. */
  readonly ttlSeconds?: number;
  /** How much longer CACHED reads may get it while it is refreshed, in seconds. With `ttlSeconds` at most 3,600. Default 30. */
  readonly swrSeconds?: number;
  /**
   * `hot`: frequently read answers of this table's rows are refreshed in the cache right after a write has invalidated them,
   * so that the next reader does not miss. Needs the queue. Default `none`.
   */
  readonly refresh?: RefreshPolicy;
  /** Reads that select, filter or order by one of these columns are always STRONG. */
  readonly strongColumns?: readonly Column[];
  /**
   * Access rules may be decided by rows as old as the answer may be. Default false: reads are STRONG if a rule for their rows
   * compares other columns than those of the primary key, which never change.
   */
  readonly staleAccess?: boolean;
}

export interface TableEntry<Table extends SQLiteTable = SQLiteTable, Access = DeclaredAccess> {
  readonly table: Table;
  /**
   * The column whose value decides where a row lives. Part of the primary key, and NOT NULL; text, enum, integer, `int64()`, moment or
   * blob of bytes. It cannot be changed once there are rows.
   */
  readonly shardKey: NoInfer<ColumnName<Table>>;
  /**
   * Columns of plain text that the `search` argument of the table's lists finds words in. Default: none, and
   * no `search` argument. Each shard keeps a full-text index of them; a change here is indexed when the shard is next used.
   */
  readonly search?: readonly NoInfer<TextColumnName<Table>>[];
  /**
   * Tables of one domain with equal shard keys live together. Default: foreign keys from shard key to shard key join
   * tables into a domain; write the same name in several entries to join tables that have none.
   */
  readonly domain?: string;
  /** Default: reads are STRONG, and cached only where a query asks for it. */
  readonly cache?: CacheOptions<NoInfer<ColumnName<Table>>>;
  /**
   * Rules that the table's rows must keep. They are checked when a row is written, by whatever: what was stored before is not
   * looked at. A row that breaks one is `INVALID_VALUE`, and nothing is written.
   */
  readonly validate?: ValidateOptions<NoInfer<Table>>;
  /**
   * A nullable column for moments. Deletes set it to the present moment instead of taking the row away: it is hidden from all
   * reads, and can be restored or purged. Default: rows that are deleted are gone.
   */
  readonly softDelete?: NoInfer<MomentColumnName<Table>>;
  /**
   * What each role may do with the table's rows, and which of them it may see. Default: nothing, except for operators and on your
   * own machine.
   */
  readonly access?: Access;
  /** Query field for one row. Default: the type's name with a lower-case first letter. */
  readonly single?: string;
  /** Query field for many rows. Default: the camelCase form of the table's SQL name. */
  readonly list?: string;
}

export interface ModelOptions<GlobalId extends GlobalIdField = GlobalIdField> {
  /**
   * Field and argument of global ids. `id` is for clients whose caches go by that name (Relay; Apollo and urql by default): a
   * column `id` is the field `rowId` then, everywhere. Default `nodeId`.
   */
  readonly globalIdField?: GlobalId;
}

/** One column or several; those of `from` and `to` pair by position. */
type OneOrMany<Name extends string> = Name | readonly Name[];

interface Columns<From extends string, To extends string> {
  /** Columns of the table that has the relation. */
  readonly from: OneOrMany<From>;
  /**
   * Columns of the target. Within a domain the pair of shard keys is added: what is a tenant's stays with that tenant. Not where
   * one of the shard keys is named, nor where both are their rows' own ids (a table's relation to itself, mostly).
   */
  readonly to: OneOrMany<To>;
}

interface ByForeignKey {
  /** Name of the foreign key in SQL, where several lead to the same table. */
  readonly foreignKey: string;
}

interface ByJoinTable<AllTables extends Tables> {
  /** Type of the join table. Its foreign keys, or else its own to-one relations, lead to both sides. */
  readonly through: keyof AllTables & string;
}

/** A join table with its columns named. */
type JoinColumns<AllTables extends Tables> = {
  [Join in keyof AllTables & string]: {
    readonly type: Join;
    /** Columns of the join table that pair with `from`. */
    readonly from: OneOrMany<ColumnName<AllTables[Join]>>;
    /** Columns of the join table that pair with `to`. */
    readonly to: OneOrMany<ColumnName<AllTables[Join]>>;
  };
}[keyof AllTables & string];

type OneOptions<From extends string = string, To extends string = string> = Columns<From, To> | ByForeignKey;

export type ManyOptions<AllTables extends Tables, From extends string = string, To extends string = string> =
  | Columns<From, To>
  | ByForeignKey
  | ByJoinTable<AllTables>
  | (Columns<From, To> & { readonly through: JoinColumns<AllTables> });

declare const sourceColumns: unique symbol;

type RelationKind = 'one' | 'many';

/** A relation as `one.X(…)` and `many.X(…)` make it. `From`: columns it needs in the table that has it. */
export interface RelationDeclaration<
  From extends string = string,
  Target extends string = string,
  Kind extends RelationKind = RelationKind,
> {
  readonly kind: Kind;
  readonly targetType: Target;
  readonly options: OneOptions | ManyOptions<Tables> | undefined;
  /** For the compiler alone. */
  readonly [sourceColumns]?: From;
}

export interface RelationHelpers<AllTables extends Tables> {
  /** A to-one relation, by target type. */
  readonly one: {
    readonly [Target in keyof AllTables & string]: <const From extends string = never>(
      options?: OneOptions<From, ColumnName<AllTables[Target]>>,
    ) => RelationDeclaration<From, Target, 'one'>;
  };
  /** A to-many relation, by target type. */
  readonly many: {
    readonly [Target in keyof AllTables & string]: <const From extends string = never>(
      options?: ManyOptions<AllTables, From, ColumnName<AllTables[Target]>>,
    ) => RelationDeclaration<From, Target, 'many'>;
  };
}

/** Relations by type and field name. */
export type RelationDeclarations<AllTables extends Tables> = {
  readonly [Source in keyof AllTables]?: {
    readonly [field: string]: RelationDeclaration<ColumnName<AllTables[Source]>>;
  };
};

/** Objects to relations of types that the model lacks: the compiler does not count them as excess properties by itself. */
export type OnlyTypesOf<AllTables extends Tables, Relations> = {
  readonly [Source in Exclude<keyof Relations, keyof AllTables>]: never;
};
