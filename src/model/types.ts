/**
 * The compiled model: what every layer knows about the user's tables. Built once by `defineModel` and then passed
 * around as a value; no layer imports a model. All of it is plain, readonly data (functions only where the user wrote
 * some: column defaults, rules).
 */
import type { RoleRules, TableRules } from './table-rules.ts';

/** GraphQL scalar of a column; `Enum` columns have an enum type of their own. */
export type ScalarName =
  | 'ID'
  | 'String'
  | 'Int'
  | 'Float'
  | 'Boolean'
  | 'DateTime'
  | 'JSON'
  | 'Bytes'
  | 'BigInt'
  | 'Decimal'
  | 'Enum';

/**
 * How a column's values travel between Worker and shard, and are bound and read in SQL. A wire value is always
 * `string | number | null`, so it survives JSON exactly.
 *
 * | wire         | SQLite storage                    | wire value                                              |
 * |--------------|-----------------------------------|---------------------------------------------------------|
 * | `text`       | TEXT                              | string                                                  |
 * | `int`        | INTEGER within ±(2^53 − 1)        | number                                                  |
 * | `int64`      | INTEGER within 64 bits            | decimal string                                          |
 * | `real`       | REAL, finite                      | number                                                  |
 * | `decimal`    | NUMERIC, ≤ 15 significant digits  | decimal string in plain (not exponent) form             |
 * | `blob`       | BLOB                              | lower-case hex string                                   |
 * | `bigintBlob` | BLOB holding decimal digits       | decimal string within 64 bits (Drizzle `blob` `bigint`) |
 * | `jsonBlob`   | BLOB holding JSON text            | JSON text (Drizzle `blob` `json`)                       |
 */
export type WireKind = 'text' | 'int' | 'int64' | 'real' | 'decimal' | 'blob' | 'bigintBlob' | 'jsonBlob';

/** A column value between Worker and shard; see {@link WireKind}. */
export type WireValue = string | number | null;

export interface ColumnModel {
  /** GraphQL field name (`createdAt`): the property in the Drizzle table, unless {@link Model.globalIdField} takes it. */
  readonly name: string;
  /** Name in SQL (`created_at`). */
  readonly sqlName: string;
  readonly scalar: ScalarName;
  readonly wire: WireKind;
  /** GraphQL enum of an `Enum` column. `values` maps GraphQL names to stored text, in declared order. */
  readonly enum: {
    readonly typeName: string;
    readonly values: readonly (readonly [graphql: string, stored: string])[];
  } | null;
  /** `integer` timestamps count seconds or milliseconds; text date-times are ISO 8601 UTC with milliseconds. Null for other scalars. */
  readonly dateTime: 'iso' | 'seconds' | 'milliseconds' | null;
  readonly notNull: boolean;
  /** SQLite fills the column when an insert leaves it out (`.default(…)`, or a generated column). */
  readonly hasSqlDefault: boolean;
  /**
   * The constant of `.default(…)`, as JavaScript-side value; undefined for expressions and without a default. SQLite
   * fills it in, except in keys: what decides where a row lives must be known before SQLite is asked.
   */
  readonly constantDefault: unknown;
  /** The user's `$defaultFn`: run by the router for a create that leaves the column out. Gives a Drizzle (JavaScript-side) value. */
  readonly defaultFn: (() => unknown) | null;
  /** The user's `$onUpdateFn`: run by the router for an update that leaves the column out. */
  readonly onUpdateFn: (() => unknown) | null;
  /** The default is an expression: SQLite alone knows which value it gives. */
  readonly hasExpressionDefault: boolean;
  /** A generated column: readable, never writable. */
  readonly generated: boolean;
}

/** A primary or unique key. Always includes the table's shard-key column. */
export interface KeyModel {
  /** `PRIMARY` for the primary key, else the unique index's name in SQL. */
  readonly name: string;
  readonly columns: readonly ColumnModel[];
  /** Of its columns, in their order. */
  readonly names: readonly string[];
  /**
   * The columns a `by` argument names: the key's columns without the shard key (which is implicit), or the shard key
   * itself where it is the whole key.
   */
  readonly byColumns: readonly ColumnModel[];
  /** Field of the `by` input: the column's name, or `orderIdAndProductId` for several. */
  readonly byName: string;
  /** Only rows that are not deleted have it: any number of deleted ones may have the same values. */
  readonly liveOnly: boolean;
}

export interface ForeignKeyModel {
  readonly columns: readonly ColumnModel[];
  /** SQL and type name of the referenced table. It shares the shard-key domain. */
  readonly targetType: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: 'cascade' | 'set null' | 'set default' | 'restrict' | 'no action';
  readonly onUpdate: 'cascade' | 'set null' | 'set default' | 'restrict' | 'no action';
}

export interface IndexModel {
  readonly name: string;
  readonly unique: boolean;
  /** Column names in order; `null` for an expression. */
  readonly columns: readonly (string | null)[];
  /** A partial index (`.where(…)`): of no use to plans that lack its condition. */
  readonly partial: boolean;
  /** A partial index over precisely the rows that are not deleted; see {@link TableModel.softDelete}. */
  readonly liveOnly: boolean;
}

/**
 * SQL of the model that SQLite works out when a row is written. `name`: of the column, check or index that it is of. Its
 * columns go by their SQL names.
 */
export interface ExpressionModel {
  readonly kind: 'generated' | 'default' | 'check' | 'index';
  readonly name: string;
  readonly sql: string;
}

export interface RelationModel {
  /** GraphQL field name. */
  readonly name: string;
  readonly kind: 'one' | 'many';
  readonly targetType: string;
  /**
   * Column names of this table and of the target that must be equal, pair by pair. Co-located relations contain the
   * pair of shard keys. With `through`, `from` pairs with `through.from` and `through.to` pairs with `to`.
   */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /**
   * Many-to-many: the join table's type, its columns that pair with `from`, and those that pair with `to`; and whether
   * rows of the join table lie in the shard of the target's row that they name.
   */
  readonly through: {
    readonly type: string;
    readonly from: readonly string[];
    readonly to: readonly string[];
    readonly colocatedWithTarget: boolean;
  } | null;
  /** Both sides (and the join table) hold a related row in the same shard: the relation travels inside its parent's plan. */
  readonly colocated: boolean;
  /** To-one only: the relation is null for some rows although their columns are set, or one of its columns is nullable. */
  readonly nullable: boolean;
}

/** How fresh a read must be, strongest first. */
export const CONSISTENCY_MODES = ['STRONG', 'BOUNDED', 'SESSION', 'CACHED'] as const;

export type ConsistencyMode = (typeof CONSISTENCY_MODES)[number];

/** What is refreshed in the cache after a write: nothing, or what is read frequently. */
export const REFRESH_POLICIES = ['none', 'hot'] as const;

export type RefreshPolicy = (typeof REFRESH_POLICIES)[number];

/** How answers that hold rows of a table may be cached. */
export interface CachePolicy {
  /** Mode of reads that name none. */
  readonly mode: ConsistencyMode;
  /** The modes that reads may name: none stronger than `strongest`, none weaker than `weakest`. */
  readonly strongest: ConsistencyMode;
  readonly weakest: ConsistencyMode;
  /** Bound of BOUNDED reads that name none, in milliseconds. */
  readonly maxStalenessMs: number;
  /** How long an answer counts as fresh, in seconds. */
  readonly ttlSeconds: number;
  /** How much longer a CACHED read may get it while it is refreshed, in seconds. */
  readonly swrSeconds: number;
  /** Of answers whose own rows are of this table. */
  readonly refresh: RefreshPolicy;
  /** Columns that are always read STRONG. */
  readonly strongColumns: readonly string[];
  /** Access rules may be decided by rows as old as the answer may be, if they name no other rows. */
  readonly staleAccess: boolean;
}

/** For tables that declare none: cached only where a query asks for it. */
export const DEFAULT_CACHE_POLICY: CachePolicy = {
  mode: 'STRONG',
  strongest: 'STRONG',
  weakest: 'CACHED',
  maxStalenessMs: 5_000,
  ttlSeconds: 60,
  swrSeconds: 30,
  refresh: 'none',
  strongColumns: [],
  staleAccess: false,
};

/** Names of rules, as errors give them. `custom`: a function or a schema. */
export type RuleName = ColumnRule['rule'];

/** Judges a value, or a row, as users' code sees it; gives whatever users' code gives. */
export type Judge = (value: unknown) => unknown;

/** A rule for the values of one column. NULL keeps every rule. */
export type ColumnRule =
  | { readonly rule: 'minLength' | 'maxLength'; readonly characters: number }
  | { readonly rule: 'pattern'; readonly pattern: RegExp }
  | { readonly rule: 'min' | 'max'; readonly bound: Exclude<WireValue, null> }
  | { readonly rule: 'custom'; readonly judge: Judge };

/** What rows of a table must keep when they are written. */
export interface ValidationModel {
  /** By field name, of the columns that have any. */
  readonly columns: ReadonlyMap<string, readonly ColumnRule[]>;
  /** Of whole rows; their columns go by their names in the Drizzle table. */
  readonly row: Judge | null;
}

export interface TableModel {
  /** GraphQL type (`OrderItem`): the key in `defineModel`, and the table's name in plans, operations and cursors. */
  readonly typeName: string;
  /** Single field (`orderItem`). */
  readonly single: string;
  /** List field (`orderItems`). */
  readonly list: string;
  /** Name in SQL (`order_items`). */
  readonly sqlName: string;
  /** Name of the shard-key domain: tables of one domain with equal shard keys live together. */
  readonly domain: string;
  readonly shardKey: ColumnModel;
  /** Full-text columns, in declared order; empty where lists cannot be searched. */
  readonly search: readonly ColumnModel[];
  /** True: the full-text index has further columns, which the role must not find rows by. */
  readonly isSearchPartial?: boolean;
  /** Of the model, for those who have a row alone. */
  readonly globalIdField: GlobalIdField;
  /** In declared order; the row version column of ShardQL is not among them. */
  readonly columns: readonly ColumnModel[];
  readonly columnByName: ReadonlyMap<string, ColumnModel>;
  readonly primaryKey: KeyModel;
  /** Unique keys other than the primary key, in declared order. */
  readonly uniqueKeys: readonly KeyModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
  readonly indexes: readonly IndexModel[];
  /** Names of CHECK constraints. */
  readonly checks: readonly string[];
  readonly expressions: readonly ExpressionModel[];
  readonly relations: readonly RelationModel[];
  readonly relationByName: ReadonlyMap<string, RelationModel>;
  readonly cache: CachePolicy;
  /** When a row was deleted, in a table whose deleted rows stay and are hidden; null: they are gone. Clients never write it. */
  readonly softDelete: ColumnModel | null;
  /** Rules that rows must keep when they are written; null: there are none. */
  readonly validation: ValidationModel | null;
  /** What may be done with the rows by those whom the model is made for; null: everything. */
  readonly rules: TableRules | null;
}

/** How the field of global ids is called. */
export const GLOBAL_ID_FIELDS = ['nodeId', 'id'] as const;

export type GlobalIdField = (typeof GLOBAL_ID_FIELDS)[number];

export interface Model {
  /** In declared order. */
  readonly tables: readonly TableModel[];
  readonly tableByType: ReadonlyMap<string, TableModel>;
  /** The table of a type that is one of the model's for certain; `tableByType` is for those that come from outside. */
  table(type: string): TableModel;
  /** Field of every row's global id; where it is `id`, a column `id` is the field `rowId`. */
  readonly globalIdField: GlobalIdField;
  /** Table types, referenced tables first (self references aside): the order for imports; its reverse for deletes. */
  readonly insertOrder: readonly string[];
  /** Drizzle tables with ShardQL's own columns added: what drizzle-kit reads. Keyed by type. */
  readonly physicalTables: Readonly<Record<string, unknown>>;
  /** What each role may do; empty where no table has access rules. */
  readonly roles: ReadonlyMap<string, RoleRules>;
  /** Of a role's model: that with all there is. */
  readonly whole?: Model;
}

/** SQL name of the row version column that ShardQL adds to each table. */
export const ROW_VERSION_COLUMN = '_version';

/** One migration as bundled with the Worker. Names in it are SQL names. */
export interface Migration {
  /** drizzle-kit's tag (`0000_init`); unique, sorted ascending. */
  readonly tag: string;
  /** SHA-256 (hex) of the statements: detects a migration file edited after it was applied. */
  readonly hash: string;
  readonly statements: readonly string[];
  /** SHA-256 (hex) of the tables it leads to: equal for two migrations that lead to the same tables. */
  readonly schemaHash: string;
  /** Tables and columns that it renames, in no particular order: images of earlier rows have the old names. */
  readonly renames: readonly Rename[];
  /** Columns whose stored values may no longer be what the model declares, by their names after the migration. */
  readonly checks: readonly ColumnName[];
  /** Tag of the migration before it that it takes back; null for all others. */
  readonly reverts: string | null;
}

/** A new name of a table (`column` is left out, and `table` its old name) or of a column of the table that is now `table`. */
export interface Rename {
  readonly table: string;
  readonly column?: string;
  readonly to: string;
}

interface ColumnName {
  readonly table: string;
  readonly column: string;
}

/** The generated `migrations/index.ts` of a model. */
export interface MigrationBundle {
  readonly migrations: readonly Migration[];
  /**
   * Hash of the physical tables, shard keys and forms of stored values that the last migration leads to: a model that
   * differs was changed without `db:generate`.
   */
  readonly physicalHash: string;
}
