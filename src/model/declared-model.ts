/** What the compiler knows of a model: types for code that users write against their own tables. Nothing of it exists at run time. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { ColumnName, RelationDeclaration, TableShape, Tables } from './declaration.ts';
import type { GlobalIdField, Model } from './types.ts';

declare const declared: unique symbol;

/** A model that remembers what it was declared with. */
export interface DeclaredModel<
  AllTables extends Tables = Tables,
  Relations = unknown,
  GlobalId extends GlobalIdField = GlobalIdField,
> extends Model {
  readonly globalIdField: GlobalId;
  /** For the compiler alone. */
  readonly [declared]?: { readonly tables: AllTables; readonly relations: Relations };
}

/** The tables with their columns by field name. */
export type TablesOf<M extends Model> =
  M extends DeclaredModel<infer AllTables, infer _>
    ? M['globalIdField'] extends 'id'
      ? { readonly [Type in keyof AllTables]: WithRowId<AllTables[Type]> }
      : AllTables
    : never;

interface WithRowId<Table extends SQLiteTable> {
  readonly _: {
    readonly columns: {
      readonly [Name in keyof Table['_']['columns'] as Name extends 'id' ? 'rowId' : Name]: Table['_']['columns'][Name];
    };
  };
}

type RelationsOf<M extends Model> = M extends DeclaredModel<infer _, infer Relations> ? Relations : never;

/** GraphQL type names of a model's tables. */
export type TypeName<M extends Model> = keyof TablesOf<M> & string;

/** Relations of one table, by field name. */
export type RelationsOfType<M extends Model, Type extends string> = Type extends keyof RelationsOf<M>
  ? NonNullable<RelationsOf<M>[Type]>
  : Record<never, never>;

/** The type that a relation leads to. */
export type TargetOf<Relation> = Relation extends RelationDeclaration<infer _, infer Target> ? Target : never;

/** Names of the relations of a kind. */
export type RelationNames<Relations, Kind extends 'one' | 'many'> = {
  [Name in keyof Relations & string]: Relations[Name] extends { readonly kind: Kind } ? Name : never;
}[keyof Relations & string];

type ColumnTypes<Table extends TableShape> = Table['_']['columns'];

/** Drizzle's own description of a column. */
interface ColumnConfig {
  readonly columnType: string;
  readonly data: unknown;
  readonly notNull: boolean;
}

type ConfigOf<Column> = Column extends { readonly _: infer Config extends ColumnConfig } ? Config : never;

type KindOfConfig<Config extends ColumnConfig> = Config['columnType'] extends 'SQLiteTextJson' | 'SQLiteBlobJson'
  ? 'json'
  : // Bytes are Node's Buffer in Drizzle, which is any where Node's types are absent.
    Config['columnType'] extends 'SQLiteNumericNumber' | 'SQLiteBlobBuffer'
    ? 'text'
    : Config['data'] extends boolean
      ? 'boolean'
      : Config['data'] extends number
        ? 'number'
        : Config['data'] extends string
          ? string extends Config['data']
            ? 'text'
            : 'enum'
          : 'text';

/** `in_progress` → `IN_PROGRESS`; a text with capitals or other separators is any text to the compiler. */
type EnumName<Stored extends string> =
  Stored extends Lowercase<Stored>
    ? Stored extends `${string}${' ' | '-' | '.' | '/' | ':'}${string}`
      ? string
      : Uppercase<Stored>
    : string;

type ValueOfConfig<Config extends ColumnConfig> = {
  json: Config['data'];
  enum: EnumName<Config['data'] & string>;
  boolean: boolean;
  number: number;
  text: string;
}[KindOfConfig<Config>];

export type KindOfColumn<Table extends TableShape, Column extends ColumnName<Table>> = KindOfConfig<
  ConfigOf<ColumnTypes<Table>[Column]>
>;

/** A column's value as users' code sees it, without null. */
export type ColumnValue<Table extends TableShape, Column extends ColumnName<Table>> = ValueOfConfig<
  ConfigOf<ColumnTypes<Table>[Column]>
>;

/**
 * The columns of a row as users' code sees them: what GraphQL shows. Text, moments (ISO 8601), decimals, 64-bit integers
 * and bytes (base64) are strings; enums are their GraphQL names; JSON columns are the value itself; integers (keys too),
 * reals and booleans are what they are in JavaScript.
 */
export type RowValues<Table extends TableShape> = {
  readonly [Column in ColumnName<Table>]:
    | ColumnValue<Table, Column>
    | (ConfigOf<ColumnTypes<Table>[Column]>['notNull'] extends true ? never : null);
};
