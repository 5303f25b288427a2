import { type ErrorDetails, ShardQLError } from '../../../shards/errors.ts';

/** Names and indices that lead from a field's arguments to a part of them: `["data", "items", "create", 2]`. */
export type InputPath = readonly (string | number)[];

/** The error with the place in the arguments that it is about; one that has a place already keeps it. */
export function withInputPath(error: unknown, path: InputPath): unknown {
  if (!(error instanceof ShardQLError) || error.details.inputPath !== undefined || path.length === 0) return error;
  return new ShardQLError(error.code, error.message, { ...error.details, inputPath: path });
}

/** The same; a place that it has already lies below. */
export function belowInputPath(error: unknown, path: InputPath): unknown {
  if (!(error instanceof ShardQLError)) return error;
  const { code, message, details } = error;
  return new ShardQLError(code, message, { ...details, inputPath: [...path, ...(details.inputPath ?? [])] });
}

/** Runs `work`, whose errors are about this place in the arguments. */
export function atInputPath<T>(path: InputPath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw withInputPath(error, path);
  }
}

/** A part of the arguments that gives columns of a row values, each at its own name. */
export interface ValuesPlace {
  readonly path: InputPath;
  /** GraphQL type of the row. */
  readonly table: string;
  /** What is given, by name; undefined: left out. Names other than those of columns do not matter. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Where the value stands that an error is about; the whole part if it is about none that is given there. */
export const pathOfValue = (
  { path, table, values }: ValuesPlace,
  { table: owner, field }: Pick<ErrorDetails, 'table' | 'field'>,
): InputPath => (owner === table && field !== undefined && values[field] !== undefined ? [...path, field] : path);

/** Runs `work`, whose errors are about one of these values, or all of them. */
export function atValues<T>(place: ValuesPlace, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ShardQLError ? withInputPath(error, pathOfValue(place, error.details)) : error;
  }
}
