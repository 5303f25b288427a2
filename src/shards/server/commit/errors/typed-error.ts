import type { TableModel } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { WireValues } from '../../../operation.ts';
import { StatementError } from '../../../sql/statement-error.ts';
import type { CommitScope } from '../commit-scope.ts';
import { deletedHolder } from './deleted-holder.ts';
import { expressionError } from './expression-error.ts';
import { isForeignKeyError, translateSqlError } from './sql-error.ts';

/** What is known of a row that could not be written. Asked for after the statement was undone. */
export interface FailedRow {
  /** The values that it would have, as far as they are known; null: there are none, since it was to go. */
  readonly values: () => WireValues | null;
  /** The error if a foreign key does not hold: SQLite does not say which. */
  readonly foreignKeyError: () => ShardQLError;
}

/** What failures are looked into with. */
export type FailureScope = Pick<CommitScope, 'session' | 'model' | 'access'>;

/** A failure of SQLite in the words of the model. An unexpected one is given back as it is. */
export function typedError(scope: FailureScope, table: TableModel, error: unknown, row: FailedRow): unknown {
  const { session, model } = scope;
  if (error instanceof ShardQLError) return error;
  if (isForeignKeyError(error)) return row.foreignKeyError();
  const translated = translateSqlError(model, table, error);
  if (translated) return (isUnique(translated) && deletedHolder(scope, translated, row.values())) || translated;
  const values = error instanceof StatementError ? row.values() : null;
  return expressionError(session, model, table, error, values) ?? error;
}

const isUnique = ({ code }: ShardQLError): boolean => code === 'UNIQUE_VIOLATION';

/** Runs `work`, which writes one row. */
export function withTypedErrors<T>(scope: FailureScope, table: TableModel, work: () => T, row: FailedRow): T {
  try {
    return work();
  } catch (error) {
    throw typedError(scope, table, error, row);
  }
}
