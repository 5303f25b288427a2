/** Operations that are applied only if an earlier one has found a row, or only if it has not. */
import type { WriteOperation } from '../../operation.ts';
import type { PendingResult } from './results.ts';

/** What an operation leaves that was not applied. */
export const LEFT_OUT: PendingResult = { result: { outcomes: [], rows: [] } };

/** @param pending what the operations before it have left. */
export function holds(operation: WriteOperation, pending: readonly PendingResult[]): boolean {
  const when = 'when' in operation ? operation.when : undefined;
  if (!when) return true;
  const earlier = pending[when.operation];
  if (earlier === undefined || 'result' in earlier) return false;
  const [outcome] = earlier.outcomes;
  return when.found === (outcome !== undefined && outcome !== 'INSERTED');
}
