import type { Model } from '../../../../model/types.ts';
import { MAX_WRITE_OPERATIONS } from '../../../../plans/limits.ts';
import { ShardQLError } from '../../../../shards/errors.ts';
import type { Condition, RowOperation } from '../../../../shards/operation.ts';
import { atInputPath, type InputPath } from '../input-path.ts';
import type { OperationPlace } from '../operation-place.ts';

/** A place in the arguments, and under which condition what is asked there is done. */
export interface Part {
  readonly path: InputPath;
  /** Null: it is done in any case. */
  readonly when: Condition | null;
}

/** A part of a part. */
export const partOf = ({ path, when }: Part, ...steps: InputPath): Part => ({ path: [...path, ...steps], when });

/** The operations that arguments ask for, in the order in which they are applied, each with its place in the arguments. */
export class OperationList {
  readonly model: Model;
  readonly operations: RowOperation[] = [];
  readonly places: OperationPlace[] = [];

  constructor(model: Model) {
    this.model = model;
  }

  /**
   * Adds an operation; gives its index.
   *
   * @param values where those that it gives columns stand. Left out: at the part itself.
   * @throws ShardQLError OPERATION_LIMIT_EXCEEDED
   */
  add(operation: RowOperation, { path, when }: Part, values: Omit<OperationPlace, 'path'> = {}): number {
    requireOperations(this.operations.length + 1);
    this.places.push({ path, ...values });
    return this.operations.push(when === null ? operation : { ...operation, when }) - 1;
  }

  /** Errors of the work are of a place in the arguments. */
  at<T>({ path }: Part, work: () => T): T {
    return atInputPath(path, work);
  }
}

/** @throws ShardQLError OPERATION_LIMIT_EXCEEDED for more operations than one request may have. */
export function requireOperations(count: number): void {
  if (count <= MAX_WRITE_OPERATIONS) return;
  throw new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected a write of at most ${MAX_WRITE_OPERATIONS} operations, nested ones and the links of relations included, but got more. Split it.`,
  );
}
