import type { ShardQLError } from '../../errors.ts';

/** A row of a bulk operation could not be written, and so none is. */
export class RowFailed extends Error {
  override readonly name = 'RowFailed';
  /** Its index in the operation. */
  readonly row: number;
  readonly reason: ShardQLError;

  constructor(row: number, reason: ShardQLError) {
    super(reason.message);
    this.row = row;
    this.reason = reason;
  }
}
