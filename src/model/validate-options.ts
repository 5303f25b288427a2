/** The model option `validate`: what users write. Rules that do not fit their column do not compile. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { ColumnConfig, ColumnName, ColumnValue, ConfigOf, RowValues } from './row-values.ts';

/** What a rule of one's own found to be wrong. `path` names the column first, for rules on whole rows. */
export interface RuleIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What a rule of one's own says of a value: `false`, a text or issues refuse it; a text ends up in the error's message, after
 * "it does not:". It answers at once: a promise is an error of the model.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: what a function without `return` has.
export type RuleVerdict = void | undefined | null | boolean | string | readonly RuleIssue[];

/**
 * A schema of a library that has the interface Standard Schema (https://standardschema.dev): zod, valibot and others. It only
 * judges, and answers at once: what it would make of the value is not written. `Value`: what it has to take.
 */
export interface StandardSchema<Value = unknown> {
  /** True: of a schema of valibot that answers later. */
  readonly async?: false;
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly input: Value; readonly output: unknown } | undefined;
  };
}

/** Rules of plain text. Lengths are in characters (Unicode code points), the shortest and longest that are allowed. */
interface TextRules {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Found somewhere in the text: anchor it (`/^…$/`) to hold all of it. Without the flags `g` and `y`. */
  readonly pattern?: RegExp;
}

/** The least and the greatest value that are allowed. */
interface BoundRules<Bound> {
  readonly min?: Bound;
  readonly max?: Bound;
}

/** Rules by name, of columns that have any: of plain text, numbers and moments. */
type NamedRules<Config extends ColumnConfig> = Config extends { readonly enumValues: infer Values }
  ? Config['columnType'] extends 'SQLiteText'
    ? string extends NonNullable<Values>[keyof NonNullable<Values> & number]
      ? TextRules
      : never
    : BoundsOf<Config>
  : BoundsOf<Config>;

type BoundsOf<Config extends ColumnConfig> = Config['columnType'] extends 'SQLiteInteger' | 'SQLiteReal'
  ? BoundRules<number>
  : Config['columnType'] extends 'SQLiteNumeric' | 'SQLiteNumericNumber'
    ? BoundRules<number | string>
    : Config['columnType'] extends 'SQLiteNumericBigInt' | 'SQLiteBigInt'
      ? BoundRules<number | bigint>
      : Config['columnType'] extends 'SQLiteTimestamp'
        ? BoundRules<string | Date>
        : Config['columnType'] extends 'SQLiteCustomColumn'
          ? Config['data'] extends bigint
            ? BoundRules<number | bigint>
            : BoundRules<string | Date>
          : never;

/** What one column may be held to. NULL is not judged: `.notNull()` says whether it may be there. */
type ColumnRules<Table extends SQLiteTable, Column extends ColumnName<Table>> =
  | NamedRules<ConfigOf<Table['_']['columns'][Column]>>
  | ((value: ColumnValue<Table, Column>) => RuleVerdict)
  | StandardSchema<ColumnValue<Table, Column> | null | undefined>;

/** Rules that rows must keep. */
export interface ValidateOptions<Table extends SQLiteTable = SQLiteTable> {
  /** By column. Values are as users' code sees them: see `RowValues`. */
  readonly columns?: { readonly [Column in ColumnName<Table>]?: ColumnRules<Table, Column> };
  /** Judges a whole row, by its columns' names in the Drizzle table. A schema need not name all of them. */
  readonly row?: ((row: RowValues<Table>) => RuleVerdict) | StandardSchema<Partial<RowValues<Table>>>;
}
