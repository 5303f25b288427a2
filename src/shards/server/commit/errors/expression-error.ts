/**
 * SQLite says that an expression failed, and not which. These functions find it, by working out the model's expressions
 * over the row's values one by one, after the failed statement was undone.
 */
import { withArticle } from '../../../../model/names.ts';
import type { ExpressionModel, Model, TableModel, WireValue } from '../../../../model/types.ts';
import { ShardQLError } from '../../../errors.ts';
import type { WireValues } from '../../../operation.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { failedOnValues, type StatementError } from '../../../sql/statement-error.ts';
import { jsonValueSql } from '../column-sql.ts';

/**
 * The error for a write that failed because an expression of the model fails on its values; null if it did not.
 *
 * @param values of the row, as far as they are known.
 */
export function expressionError(
  session: SqlSession,
  model: Model,
  table: TableModel,
  error: unknown,
  values: WireValues | null,
): ShardQLError | null {
  // What has no expressions of the model in it is our own SQL.
  if (!model.tables.some(({ expressions }) => expressions.length > 0) || !failedOnValues(session, error)) return null;
  const culprit = findCulprit(session, table, values, error);
  const isCheck = culprit?.kind === 'check' || error.message.includes('in a CHECK constraint');
  const what = culprit ? NAMES[culprit.kind](table.typeName, culprit.name) : 'the expressions of the model';
  const field = culprit && (culprit.kind === 'generated' || culprit.kind === 'default') ? culprit.name : undefined;
  return new ShardQLError(
    isCheck ? 'CHECK_VIOLATION' : 'INVALID_VALUE',
    `Expected ${withArticle(table.typeName)} from whose values SQLite can work out ${what}, but got one where it fails: ${reasonOf(error)}.`,
    {
      table: table.typeName,
      ...(field !== undefined && { field }),
      ...(culprit && field === undefined && { constraint: culprit.name }),
    },
  );
}

const NAMES: Readonly<Record<ExpressionModel['kind'], (type: string, name: string) => string>> = {
  generated: (type, name) => `${type}.${name}`,
  default: (type, name) => `the default of ${type}.${name}`,
  check: (_, name) => `the check "${name}"`,
  index: (_, name) => `the index "${name}"`,
};

/** In our words, where SQLite's are known to quote nothing. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/malformed JSON/, 'a text is no JSON'],
  [/integer overflow/, 'an integer is beyond 64 bits'],
  [/pattern too complex/, 'a pattern of LIKE or GLOB has more than 50 bytes'],
  [/JSON path/, 'a path into JSON is none'],
  [/JSON cannot hold BLOB/, 'JSON cannot hold bytes'],
  [/non-deterministic use of (\w+)\(\)/, 'a function in it depends on the time'],
];

const reasonOf = ({ message }: StatementError): string =>
  REASONS.find(([form]) => form.test(message))?.[1] ?? 'a value has no result in it';

function findCulprit(
  session: SqlSession,
  table: TableModel,
  values: WireValues | null,
  error: StatementError,
): ExpressionModel | undefined {
  const timed = /non-deterministic use of (\w+)\(\) in an? (CHECK|generated|index)/.exec(error.message);
  if (timed) {
    const [, name, kind] = timed as unknown as [string, string, string];
    const candidates = table.expressions.filter(
      (expression) => expression.kind === kind.toLowerCase() && expression.sql.toLowerCase().includes(name),
    );
    return candidates.length === 1 ? candidates[0] : undefined;
  }
  if (values === null) return undefined;
  const columns = table.columns.map((column, at) => {
    const given = values[column.name] ?? null;
    return `${given === null ? 'NULL' : jsonValueSql(column, `value ->> ${at}`)} AS ${quoteName(column.sqlName)}`;
  });
  const row = table.columns.map(({ name }): WireValue => values[name] ?? null);
  const rows = `(SELECT ${columns.join(', ')} FROM json_each(?)) AS ${quoteName(table.sqlName)}`;
  return table.expressions.find(({ sql }) => {
    try {
      session.rows(`SELECT ${sql} FROM ${rows}`, JSON.stringify([row]));
      return false;
    } catch (failure) {
      return failedOnValues(session, failure);
    }
  });
}
