import { type ErrorCode, ShardQLError } from '../../../shards/errors.ts';
import type { MutationOperation } from '../../../shards/operation.ts';
import type { InputPath } from './input-path.ts';

/** Where in the arguments an operation stands: a failure that comes once it is applied is reported there. */
export interface OperationPlace {
  readonly path: InputPath;
  /** Where the values of a new row stand. Absent: at `path`. */
  readonly create?: InputPath;
  /** Where the values to set stand. Absent: at `path`. */
  readonly set?: InputPath;
  /** Where changes in place stand. Absent: at `path`. */
  readonly atomic?: InputPath;
  /** Of the rows that the operation is about, if `path` leads to a list: their indices in it. */
  readonly rows?: readonly number[];
}

/** The same below another place. */
export const placeBelow = (outer: InputPath, { path, create, set, atomic, rows }: OperationPlace): OperationPlace => ({
  path: [...outer, ...path],
  ...(rows && { rows }),
  ...(create && { create: [...outer, ...create] }),
  ...(set && { set: [...outer, ...set] }),
  ...(atomic && { atomic: [...outer, ...atomic] }),
});

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
  { path, create = path, set = path, atomic = path, rows }: OperationPlace,
  operation: MutationOperation,
  { code, details: { field, inputPath: [member] = [] } }: ShardQLError,
  row?: number,
): InputPath {
  if (row !== undefined) return [...path, rows?.[row] ?? row];
  if (member === 'create') return create;
  if (member !== undefined) return [...path, member];
  if (!OF_VALUES.has(code)) return path;
  switch (operation.kind) {
    case 'create':
      return create;
    case 'update':
    case 'updateMany':
    case 'upsert':
      return placeOfChange({ path, set, atomic }, operation, field);
    default:
      return path;
  }
}

function placeOfChange(
  { path, set, atomic }: Required<Pick<OperationPlace, 'path' | 'set' | 'atomic'>>,
  operation: Pick<MutationOperation & { readonly kind: 'update' }, 'set' | 'atomic'>,
  field: string | undefined,
): InputPath {
  if (field !== undefined && field in operation.atomic) return atomic;
  if (field !== undefined && field in operation.set) return set;
  if (Object.keys(operation.atomic).length === 0) return set;
  return Object.keys(operation.set).length === 0 ? atomic : path;
}
