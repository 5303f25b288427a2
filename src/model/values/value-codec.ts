import type { WireValue } from '../types.ts';

export type Wire = Exclude<WireValue, null>;

/**
 * Converts the values of one kind of column. NULL is handled before. All but `toOutput` judge values from outside and
 * throw `InvalidValueError`; what they give is exact: reading it back gives the same value.
 */
export interface ValueCodec {
  /** From GraphQL input, as its scalar parsed it. */
  readonly fromInput: (value: unknown) => Wire;
  /** From a JavaScript value as Drizzle has it (of `$defaultFn`, say). */
  readonly fromDriver: (value: unknown) => Wire;
  /** From a cell of an import file: a JSON value of the natural type, or text as CSV has it. */
  readonly fromImport: (cell: unknown) => Wire;
  /** To a value that the GraphQL scalar serialises. Throws `InvalidValueError` if the stored value has no such form. */
  readonly toOutput: (wire: Wire) => unknown;
}
