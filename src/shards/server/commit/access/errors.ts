/** The errors of callers whose rules do not allow what they ask for. A row that they may not read is no error of its own: it is not there. */
import { withArticle } from '../../../../model/names.ts';
import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';

/** The rule that refuses, by its path in the model; undefined: it may not be named. */
type Refusing = string | undefined;

function forbidden({ typeName }: TableModel, message: string, rule: Refusing): ShardQLError {
  if (rule === undefined) return new ShardQLError('FORBIDDEN', message, { table: typeName });
  return new ShardQLError('FORBIDDEN', `${message} Denied by ${rule}.`, { table: typeName, accessRule: rule });
}

export const mayNotCreate = (table: TableModel, rule: Refusing): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may create, but got one that it may not create.`,
    rule,
  );

export const mayNotChange = (table: TableModel, rule: Refusing): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may change, but got one that it may not change.`,
    rule,
  );

export const mayNotDelete = (table: TableModel, rule: Refusing): ShardQLError =>
  forbidden(
    table,
    `Expected ${withArticle(table.typeName)} that the caller may delete, but got one that it may not delete.`,
    rule,
  );

/** Of a row that may be changed, but not so. */
export const mayNotChangeSo = (table: TableModel, rule: Refusing): ShardQLError =>
  forbidden(
    table,
    `Expected a change of ${withArticle(table.typeName)} that the caller may make, but got one that it may not make.`,
    rule,
  );

export const forOperators = (): ShardQLError =>
  new ShardQLError('FORBIDDEN', 'Expected an operator, but got another caller.');

export const answerOutOfReach = (table: TableModel, rule: Refusing): ShardQLError =>
  forbidden(
    table,
    `Expected an idempotency key whose rows the caller may still read, but got one of ${withArticle(table.typeName)} that it may not. What was done stays done, and is not done again.`,
    rule,
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
