import { quantileOf } from '../../../../lib/quantile-sketch.ts';
import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import { laterThan } from '../../../lag-histogram.ts';
import type { MonitorState } from '../../monitor-state.ts';
import type { Rule } from '../finding.ts';
import { percent, writersOf } from '../suspects.ts';

/** So many may be late: 95 % are to be in time. */
const MAY_BE_LATE = 0.05;

/** Without a queue shards publish by an alarm, 20 seconds after a change and a little: only what takes longer than this is late. One of the bounds. */
const ALARM_MS = 30_000;

/** Caches learn late of changes. */
export const invalidationLagRule: Rule<'invalidation-lag'> = (state, settings) => {
  const boundMs = state.hasQueue ? settings.p95Ms : Math.max(settings.p95Ms, ALARM_MS);
  const { published, late } = latenessOf(state, boundMs);
  const { batches, ageMs } = state.recent.queue;
  const queueP95Ms = quantileOf(ageMs, 0.95);
  const isQueueLate = queueP95Ms !== null && ageMs.count >= settings.leastCount && queueP95Ms > settings.p95Ms;
  if (published === 0 && ageMs.count === 0) return [];
  const isBroken = isQueueLate || (late >= settings.leastCount && late > published * MAY_BE_LATE);
  const isWell = late <= (published * MAY_BE_LATE) / 2 && (queueP95Ms ?? 0) <= settings.p95Ms;
  const { recent, shards } = state;
  const writers = writersOf(recent, null);
  const [waiting] = shards.toSorted((a, b) => b.figures.unpublishedKeys - a.figures.unpublishedKeys);
  const isWaiting = waiting !== undefined && waiting.figures.unpublishedKeys > 0;
  return [
    {
      subject: DEPLOYMENT,
      status: isBroken ? 'BROKEN' : isWell ? 'WELL' : 'BETWEEN',
      severity: 'WARNING',
      rank: 1,
      summary: isQueueLate
        ? `Messages of the invalidation queue waited ${Math.round(queueP95Ms)} ms before they were consumed (95th percentile): cached answers may be as old.`
        : `${late} of ${published} invalidations (${percent(late / Math.max(1, published))}) took longer than ${boundMs} ms: cached answers may be as old.`,
      remedy: !state.hasQueue
        ? 'No queue is bound, so shards publish by themselves, which takes 20 s if all is well. Look in the log for stamps-not-put: KV refuses puts. With a queue it takes a second: bind it as INVALIDATIONS, as wrangler.toml shows.'
        : batches === 0
          ? 'No batch of the invalidation queue was consumed: see that its consumer is bound and not paused (npx wrangler queues info shardql-invalidations). Until then shards publish by themselves within 30 s.'
          : 'Look in the log for stamps-not-put (KV refuses puts) and publish-not-requested (shards do not answer); write fewer rows at once, where one operation writes most.',
      evidence: {
        ...NO_EVIDENCE,
        ...writers,
        shard: isWaiting ? waiting.shard : writers.shard,
      },
    },
  ];
};

const latenessOf = ({ lags }: MonitorState, boundMs: number) => ({
  published: lags.counts.reduce((sum, count) => sum + count, 0),
  late: laterThan(boundMs, lags),
});
