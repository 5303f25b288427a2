import { NO_EVIDENCE } from '../../../alert.ts';
import { type Finding, type Rule, statusOf } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';

/** Shards that give no answer. */
export const shardUnavailableRule: Rule<'shard-unavailable'> = ({ recent }, { share, leastCalls }) =>
  recent.shards
    .filter(({ calls, failed }) => calls + failed > 0)
    .map(({ shard, calls, failed }): Finding => {
      const failedShare = failed / (calls + failed);
      const key = keyBy(recent, shard, ({ requests }) => requests);
      const [first] = operationsBy(recent, ({ errors }) => errors.SHARD_UNAVAILABLE ?? 0);
      return {
        subject: shard,
        status: failed < leastCalls ? statusOf(failed, leastCalls) : statusOf(failedShare, share),
        severity: 'CRITICAL',
        rank: 1,
        summary: `${shard} did not answer ${failed} of ${calls + failed} calls (${percent(failedShare)}).`,
        remedy:
          'Look in the log for shard-unavailable and shard-request-failed; npm run shardql -- status --live asks each shard. If the platform has an incident (cloudflarestatus.com), requests are answered again when it ends.',
        evidence: {
          ...NO_EVIDENCE,
          shard,
          shardKey: key?.shardKey ?? null,
          operation: key?.operation ?? first?.label ?? null,
        },
      };
    });
