/** What the compiler knows of a table's columns, and of their values as users' code sees them. */

/** Property names of a table's columns. */
export type ColumnName<Table extends TableShape> = keyof Table['_']['columns'] & string;

/** As much of a Drizzle table's type as says its columns. */
export interface TableShape {
  readonly _: { readonly columns: object };
}

type ColumnTypes<Table extends TableShape> = Table['_']['columns'];

/** Drizzle's own description of a column. */
export interface ColumnConfig {
  readonly columnType: string;
  readonly data: unknown;
  readonly notNull: boolean;
}

export type ConfigOf<Column> = Column extends { readonly _: infer Config extends ColumnConfig } ? Config : never;

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
