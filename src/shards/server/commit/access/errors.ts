/** The errors of callers whose rules do not allow what they ask for. A row that they may not read is no error of its own: it is not there. */
import { withArticle } from '../../../../model/names.ts';
import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';

const forbidden = (table: TableModel, message: string): ShardQLError =>
  new ShardQLError('FORBIDDEN', message, { table: table.typeName });

export const mayNotCreate = (table: TableModel): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may create, but got one that it may not create.`,
  );

export const mayNotChange = (table: TableModel): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may change, but got one that it may not change.`,
  );

export const mayNotDelete = (table: TableModel): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may delete, but got one that it may not delete.`,
  );

/** Of a row that may be changed, but not so. */
export const mayNotChangeSo = (table: TableModel): ShardQLError =>
  forbidden(
    table,
    `Expected a change of ${withArticle(table.typeName)} that the caller may make, but got one that it may not make.`,
  );

export const forOperators = (): ShardQLError =>
  new ShardQLError('FORBIDDEN', 'Expected an operator, but got another caller.');

export const answerOutOfReach = (table: TableModel): ShardQLError =>
  forbidden(
    table,
    `Expected an idempotency key whose rows the caller may still read, but got one of ${withArticle(table.typeName)} that it may not. What was done stays done, and is not done again.`,
  );

/** Ends a commit: a row that an operation has written breaks a rule, as is seen once later ones are looked at. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
  /** Index of the operation that wrote it. */
  readonly operation: number;
  /** Index of the row in the operation, if that has rows of its own. */
  readonly row: number | undefined;
  readonly reason: ShardQLError;

  constructor(operation: number, row: number | undefined, reason: ShardQLError) {
    super(reason.message);
    this.operation = operation;
    this.row = row;
    this.reason = reason;
  }
}
