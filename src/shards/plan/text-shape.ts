/**
 * What the answer to a plan shows, for a shard that writes its rows as JSON text. It adds nothing to what the plan reads: a shard that does
 * not know it, or cannot write all of it, answers with cells.
 */

/** A part of a token that is the same for all rows. */
type TokenHead = readonly (string | number)[];

/** What stands at a response key of an object. */
export type TextField = { readonly key: string } & (
  | { readonly constant: string }
  /** Of the row: one of its node's `columns`. */
  | { readonly column: string }
  /** The global id of the row; begins with the name of the type. */
  | { readonly nodeId: TokenHead }
  /** The cursor of the row: what it begins with; the values of the page's order follow. */
  | { readonly cursor: TokenHead }
  /** Another object of the same row. */
  | { readonly fields: TextFields }
  /** The row of a relation to one: position among the node's relations. */
  | { readonly relation: number; readonly one: TextFields }
  /** The connection of a relation to many. */
  | { readonly relation: number; readonly page: readonly TextPart[] }
);

/** An object that is made of a row, in the order of the response. */
export type TextFields = readonly TextField[];

/** What stands at a response key of a connection. */
export type TextPart = { readonly key: string } & ({ readonly constant: string } | { readonly rows: TextFields });

export interface TextShape {
  /** How each row is shown. Those of a page come with commas between them, without brackets. */
  readonly row: TextFields;
  /** The cells of a page's first and last rows are needed beside the text. */
  readonly ends: boolean;
}

/** The rows of an answer as they are shown. */
export interface RowsText {
  readonly text: string;
  /** Rows of the root of the plan. */
  readonly rows: number;
}
