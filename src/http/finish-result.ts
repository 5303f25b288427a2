import type { ExecutionResult } from 'graphql';
import { outlinePlan } from '../plans/explain/plan-outline.ts';
import { toGraphQLError } from '../resolvers/graphql-error.ts';
import type { RequestScope } from './request-scope.ts';

/** What finishing needs to know of the request. */
export type FinishScope = Pick<RequestScope, 'requestId' | 'isDevelopment' | 'isTraced' | 'shards' | 'reader'>;

/**
 * The one place where a GraphQL result is finished, whichever way it came: translates and masks its errors, and adds
 * `extensions` that tell of the request.
 */
export function finishResult(result: ExecutionResult, scope: FinishScope): ExecutionResult {
  const { requestId, isDevelopment, isTraced } = scope;
  const errors = result.errors?.map((error) => toGraphQLError(error, requestId, isDevelopment));
  const consistency = scope.reader.report;
  const isRead = consistency.fields.length > 0;
  if (!isRead && !isTraced) return errors ? { ...result, errors } : result;
  const extensions = {
    ...result.extensions,
    ...(isRead && { consistency }),
    ...(isTraced && { trace: traceOf(scope) }),
  };
  return { ...result, ...(errors && { errors }), extensions };
}

function traceOf({ shards: { trace }, reader }: FinishScope) {
  const { shards, rpcs, statements, rowsRead, rowsWritten } = trace;
  const { reads: kvReads, hits: kvHits } = reader.kvCounts;
  const plans = reader.reads.map(({ path, node, keys, shards, asOf }) => ({
    path,
    table: node.table,
    keys,
    shards,
    asOf,
    plan: outlinePlan(node),
  }));
  return { shards: [...shards].sort(), rpcs, statements, rowsRead, rowsWritten, kvReads, kvHits, plans };
}
