import { MAX_RELATED_ROWS } from '../plans/limits.ts';
import { ShardQLError } from '../shards/errors.ts';
import type { Answer } from '../shards/plan/answer.ts';
import type { RequestContext } from './context.ts';

/**
 * Counts the related rows that a request resolves, as often as they appear. Shards bound what each of them answers; rows
 * read from other shards level by level are shared by their parents, so only here is it known how far they multiply.
 *
 * @throws ShardQLError COST_LIMIT_EXCEEDED beyond {@link MAX_RELATED_ROWS}.
 */
export function spendRows(context: RequestContext, answer: Answer): void {
  const rows = answer !== null && typeof answer === 'object' && 'rows' in answer ? answer.rows.length : 1;
  const spent = (context.relatedRows ?? 0) + rows;
  context.relatedRows = spent;
  if (spent <= MAX_RELATED_ROWS) return;
  throw new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected at most ${MAX_RELATED_ROWS.toLocaleString('en-US')} related rows in one request, but got more; ask for smaller pages or fewer levels.`,
  );
}
