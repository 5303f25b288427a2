import type { WireValue } from '../types.ts';

export type Wire = Exclude<WireValue, null>;

/**
 * Converts the values of one kind of column. NULL is handled before. All but `toOutput` judge values from outside and
 * throw `InvalidValueError`; what they give is exact: reading it back gives the same value.
 */
export interface ValueCodec {
  /** From GraphQL input, as its scalar parsed it. */
  readonly fromInput: (value: unknown) => Wire;
  /**
   * From GraphQL input that is only compared with values of the column: it may lie between two that the column holds.
   * Left out: as {@link fromInput}.
   */
  readonly fromOperand?: (value: unknown) => Wire;
  /** From a JavaScript value as Drizzle has it (of `$defaultFn`, say). */
  readonly fromDriver: (value: unknown) => Wire;
  /** From a cell of an import file: a JSON value of the natural type, or text as CSV has it. */
  readonly fromImport: (cell: unknown) => Wire;
  /**
   * Throws `InvalidValueError` unless a value, as it is read from the column, is one that the others could have given:
   * what is stored need not be, since the model may have changed, and SQLite works values out too.
   */
  readonly requireWire: (wire: unknown) => void;
  /** To a value that the GraphQL scalar serialises, from one that {@link requireWire} lets pass. */
  readonly toOutput: (wire: Wire) => unknown;
}
