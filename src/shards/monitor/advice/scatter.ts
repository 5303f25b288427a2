import { operationsBy } from '../alerts/suspects.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** In an hour: fewer cost little. */
const LEAST_REQUESTS = 500;
/** Of the shards, on average. */
const MOST_SHARDS = 0.8;
/** With fewer shards it makes no difference. */
const LEAST_SHARDS = 4;

/** Operations that ask nearly all shards. */
export const scatters: Advisor = ({ counts, shardCount }) => {
  if (shardCount < LEAST_SHARDS) return [];
  return operationsBy(counts, ({ kind, usage }) => (kind === 'query' ? usage.objectRequests : 0))
    .filter(({ requests, value }) => requests >= LEAST_REQUESTS && value / requests >= MOST_SHARDS * shardCount)
    .map(({ hash, label, requests, value }) => ({
      ...NO_SUBJECT,
      id: `SCATTER ${hash}`,
      kind: 'SCATTER' as const,
      summary: `${label} made ${Math.round(value / requests)} calls to shards for each of ${requests} requests within the last hour: it asks nearly all of ${shardCount}.`,
      remedy:
        'Give a shard key: the argument of the list, or a condition on it in where, so that one shard is asked (docs/queries.md). With more shards it gets slower and dearer.',
      operation: label,
      operationHash: hash,
    }));
};
