import type { TableModel } from '../../../model/types.ts';
import { type ErrorCode, type ErrorDetails, ShardQLError } from '../../../shards/errors.ts';
import type { MutationOperation } from '../../../shards/operation.ts';
import { type InputPath, pathOfValue, type ValuesPlace } from './input-path.ts';

/** Where in the arguments an operation stands: a failure that comes once it is applied is reported there. */
export interface OperationPlace {
  readonly path: InputPath;
  /** Where the values of a new row stand. Absent: it creates none. */
  readonly create?: ValuesPlace;
  /** Where the values to set stand. Absent: nothing is set, except columns that follow changes. */
  readonly set?: ValuesPlace;
  /** Where changes in place stand. Absent: there are none. */
  readonly atomic?: ValuesPlace;
  /** Where one of its rows stands, by index. Absent: they are not in the arguments. */
  readonly rowAt?: (row: number) => ValuesPlace;
}

/** The same below another place. */
export function placeBelow(outer: InputPath, { path, create, set, atomic, rowAt }: OperationPlace): OperationPlace {
  const below = (place: ValuesPlace): ValuesPlace => ({ ...place, path: [...outer, ...place.path] });
  return {
    path: [...outer, ...path],
    ...(create && { create: below(create) }),
    ...(set && { set: below(set) }),
    ...(atomic && { atomic: below(atomic) }),
    ...(rowAt && { rowAt: (row) => below(rowAt(row)) }),
  };
}

/** A part of the arguments. */
type GivenPart = Pick<ValuesPlace, 'path' | 'values'>;

/**
 * The places of what is changed of a row.
 *
 * @param others values that are set besides, and stand elsewhere.
 */
export function placesOfChanges(
  table: TableModel,
  set: GivenPart,
  atomic: GivenPart,
  others: ValuesPlace['values'] = {},
): Pick<OperationPlace, 'set' | 'atomic'> {
  const hasColumns = (values: ValuesPlace['values']) => table.columns.some(({ name }) => values[name] !== undefined);
  return {
    ...((hasColumns(set.values) || hasColumns(others)) && { set: { ...set, table: table.typeName } }),
    ...(hasColumns(atomic.values) && { atomic: { ...atomic, table: table.typeName } }),
  };
}

/** Failures that the values of a row are to blame for. */
const OF_VALUES: ReadonlySet<ErrorCode> = new Set([
  'UNIQUE_VIOLATION',
  'FOREIGN_KEY_VIOLATION',
  'NOT_NULL_VIOLATION',
  'CHECK_VIOLATION',
  'INVALID_VALUE',
  'VALUE_TOO_LARGE',
]);

/**
 * A failure with the place in the arguments that it is about, as precisely as that can be told.
 *
 * @param error as the shard gives it: a place in it is one in the operation.
 * @param row index of the row that failed among those of the operation. Left out: it has none of its own.
 */
export function placedFailure(
  error: ShardQLError,
  place: OperationPlace,
  operation: MutationOperation,
  row?: number,
): ShardQLError {
  const { inputPath: _, ...details } = error.details;
  const inputPath = placeOfFailure(place, operation, error, row);
  return new ShardQLError(error.code, error.message, { ...details, ...(inputPath.length > 0 && { inputPath }) });
}

function placeOfFailure(
  place: OperationPlace,
  operation: MutationOperation,
  { code, details }: ShardQLError,
  row?: number,
): InputPath {
  const { path, create, rowAt } = place;
  const [member] = details.inputPath ?? [];
  if (row !== undefined && rowAt) return pathOfValue(rowAt(row), details);
  if (member === 'create' && create) return pathOfValue(create, details);
  if (member !== undefined) return [...path, member];
  if (!OF_VALUES.has(code)) return path;
  const values = operation.kind === 'create' ? create : changeToBlame(place, operation, details);
  return values ? pathOfValue(values, details) : path;
}

/** Undefined: both the values to set and the changes in place may be, or none is. */
function changeToBlame(
  { set, atomic }: OperationPlace,
  operation: MutationOperation,
  { table, field }: ErrorDetails,
): ValuesPlace | undefined {
  if ('atomic' in operation && field !== undefined && table === operation.table) {
    if (field in operation.atomic) return atomic;
    if (field in operation.set) return set;
  }
  return set && atomic ? undefined : (set ?? atomic);
}
