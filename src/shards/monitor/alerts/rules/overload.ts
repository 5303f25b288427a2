import { NO_EVIDENCE } from '../../../alert.ts';
import { type Finding, type Rule, statusOf } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';

/** One shard key with as many of the requests of its shard is the cause. */
const HOT = 0.5;

/** Shards that are asked for more than they can answer. */
export const overloadRule: Rule<'overload'> = ({ recent }, { share, leastRefused }) =>
  recent.shards
    .filter(({ calls, refused }) => calls + refused > 0)
    .map(({ shard, calls, refused }): Finding => {
      const refusedShare = refused / (calls + refused);
      const key = keyBy(recent, shard, ({ requests }) => requests);
      const ofShard = recent.keys.reduce((sum, each) => sum + (each.shard === shard ? each.requests : 0), 0);
      const keyShare = key === null ? 0 : key.value / Math.max(1, ofShard);
      const [first] = operationsBy(recent, ({ usage }) => usage.objectRequests);
      return {
        subject: shard,
        status: refused < leastRefused ? statusOf(refused, leastRefused) : statusOf(refusedShare, share),
        severity: 'CRITICAL',
        rank: 1,
        summary: `${shard} was asked for more than it can answer: ${refused} of ${calls + refused} calls (${percent(refusedShare)}) were refused.${
          key === null ? '' : ` The busiest shard key has ${percent(keyShare)} of the requests of single shard keys.`
        }`,
        remedy:
          keyShare >= HOT
            ? 'One shard key has most of it: limit its requests (docs/rate-limits.md), let its most frequent operation be cached (docs/consistency.md), or see advice on indexes for it.'
            : 'Many shard keys are busy: let frequent operations be cached (docs/consistency.md), and see advice on indexes; the rows are on too few shards.',
        evidence: {
          ...NO_EVIDENCE,
          shard,
          shardKey: key?.shardKey ?? null,
          operation: key?.operation ?? first?.label ?? null,
        },
      };
    });
