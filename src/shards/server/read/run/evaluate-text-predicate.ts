import { ShardQLError } from '../../../errors.ts';
import { MAX_ROW_BYTES } from '../../../limits.ts';
import type { TextFilter } from '../../../plan/filter.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { textMatcher } from '../../../text-matcher.ts';
import type { Scope } from '../sql/parameters.ts';
import type { Statement } from '../sql/statement.ts';
import { isDecidedBySql } from '../sql/text-sql.ts';

/** Greatest number of rows that one text filter looks at in JavaScript: about a second's work. */
const MAX_UNDECIDED_ROWS = 250_000;

/**
 * Looks in JavaScript at the values of a column that SQL cannot decide a text filter for.
 *
 * @returns JSON list of the values that match.
 * @throws ShardQLError BAD_USER_INPUT beyond {@link MAX_UNDECIDED_ROWS} rows, or if the matching values exceed
 * `MAX_ROW_BYTES` (they travel as one parameter).
 */
export function evaluateTextPredicate(
  session: ReadSession,
  { op, value }: TextFilter,
  scope: Scope,
  compile: () => Statement,
): string {
  const operand = String(scope.values[value]);
  if (isDecidedBySql(op, operand)) return '[]';
  const matches = textMatcher(op, operand);
  const found = new Set<string>();
  let characters = 0;
  let examined = 0;
  const { sql, parameters } = compile();
  for (const [text] of session.each(sql, ...parameters.bind(scope)) as Generator<[string]>) {
    if (++examined > MAX_UNDECIDED_ROWS) throw tooMany(`${MAX_UNDECIDED_ROWS} rows`);
    // Bytes in a column of text are none.
    if (typeof text !== 'string' || found.has(text) || !matches(text)) continue;
    found.add(text);
    characters += text.length;
    if (characters > MAX_ROW_BYTES) throw tooMany(`${MAX_ROW_BYTES} bytes of matching text`);
  }
  return JSON.stringify([...found]);
}

const tooMany = (bound: string): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a pattern or case-insensitive filter over at most ${bound}, but got more. Add a condition that narrows the rows.`,
  );
