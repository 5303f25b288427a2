/** What the compiler knows of a model: types for code that users write against their own tables. Nothing of it exists at run time. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Tables } from './declaration.ts';
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

/** The relations as declared, by type. */
export type RelationsOf<M extends Model> = M extends DeclaredModel<infer _, infer Relations> ? Relations : never;

/** GraphQL type names of a model's tables. */
export type TypeName<M extends Model> = keyof TablesOf<M> & string;

/** Relations of one table, by field name. */
export type RelationsOfType<M extends Model, Type extends string> = Type extends keyof RelationsOf<M>
  ? NonNullable<RelationsOf<M>[Type]>
  : Record<never, never>;
