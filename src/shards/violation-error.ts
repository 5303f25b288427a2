import type { TableModel } from '../model/types.ts';
import type { Violation } from '../model/violations.ts';
import { ShardQLError } from './errors.ts';

/** The error of a row that breaks a rule of the model. */
export const violationError = ({ typeName }: TableModel, { message, field, rule }: Violation): ShardQLError =>
  new ShardQLError('INVALID_VALUE', message, { table: typeName, ...(field !== null && { field }), rule });
