import { GraphQLError } from 'graphql';
import type { OperationCosts } from '../../plans/cost/operation-costs.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import type { Caller } from '../../shards/protocol/envelope.ts';
import { isOperator } from '../authentication/require-operator.ts';
import type { RequestScope } from '../request-scope.ts';
import { operationOf } from './operation-of.ts';
import type { ParsedRequest } from './parse-request.ts';
import type { RequestLimits } from './request-limits.ts';

/**
 * Works out what a valid operation costs, if there is a budget for it or the caller looks into the request, and notes it in
 * the scope.
 *
 * @throws GraphQLError COST_LIMIT_EXCEEDED beyond the budget.
 */
export function requireAffordable(
  costs: OperationCosts,
  limit: RequestLimits['cost'],
  { document, operationName, variableValues }: ParsedRequest,
  scope: RequestScope,
): void {
  const budget = budgetOf(limit, scope.caller);
  if (budget === null && !scope.isTraced) return;
  const requested = costs.of(document!, operationOf(document!, operationName), variableValues ?? {});
  scope.cost = { requested, budget };
  if (budget === null || requested <= budget) return;
  throw new GraphQLError(
    `Expected an operation that costs at most ${shown(budget)}, but got one of ${shown(requested)}. Ask for smaller pages (first), fewer lists within each other, or several requests; a shardKey spares the other shards.`,
    { extensions: { code: 'COST_LIMIT_EXCEEDED' satisfies ErrorCode } },
  );
}

/** Those who run the API have no budget. */
function budgetOf(limit: RequestLimits['cost'], caller: Caller): number | null {
  if (isOperator(caller)) return null;
  if (typeof limit === 'number') return limit;
  return Object.hasOwn(limit, caller.role) ? limit[caller.role]! : limit.default!;
}

const shown = (cost: number): string => cost.toLocaleString('en-US');
