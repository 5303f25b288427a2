/** What becomes of the tables and columns of a database when its model changes. */

export interface Change {
  /** Every table of the new model, in its order. */
  readonly tables: readonly TableChange[];
  /** Tables whose rows go. */
  readonly droppedTables: readonly string[];
}

export interface TableChange {
  readonly name: string;
  /** The table whose rows it gets; null: it starts empty. */
  readonly source: string | null;
  /** By new name, the column whose values it gets; null: none. Every column of the new table. */
  readonly columnSources: ReadonlyMap<string, string | null>;
  /** Columns of the source whose values go. */
  readonly droppedColumns: readonly string[];
}

/** What the author says of tables and columns that the new model lacks. Names are SQL names. */
export interface Words {
  readonly renames: readonly { readonly from: string; readonly to: string }[];
  readonly drops: readonly string[];
}

/** A table (`column` is null) or column that the new model lacks and nothing was said of. */
export interface Loss {
  /** As it is called before the migration. */
  readonly table: string;
  readonly column: string | null;
  /** The new model has the column, but SQLite computes its values. */
  readonly isComputed: boolean;
  /** Names that it may have now: tables or columns that are new. */
  readonly candidates: readonly string[];
}
