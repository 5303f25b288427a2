import { quantileOf } from '../../../../lib/quantile-sketch.ts';
import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import type { RuleSettings } from '../../../alert-settings.ts';
import { LAG_BOUNDS_MS } from '../../../lag-histogram.ts';
import type { MonitorState } from '../../monitor-state.ts';
import type { Rule } from '../finding.ts';
import { keyBy, operationsBy, percent } from '../suspects.ts';

/** So many may be late: 95 % are to be in time. */
const MAY_BE_LATE = 0.05;

/** Caches learn late of changes. */
export const invalidationLagRule: Rule<'invalidation-lag'> = (state, settings) => {
  const { published, late } = latenessOf(state, settings);
  const { batches, ageMs } = state.recent.queue;
  const queueP95Ms = quantileOf(ageMs, 0.95);
  const isQueueLate = queueP95Ms !== null && ageMs.count >= settings.leastCount && queueP95Ms > settings.p95Ms;
  if (published === 0 && ageMs.count === 0) return [];
  const isBroken = isQueueLate || (late >= settings.leastCount && late > published * MAY_BE_LATE);
  const isWell = late <= (published * MAY_BE_LATE) / 2 && (queueP95Ms ?? 0) <= settings.p95Ms;
  const { recent, shards } = state;
  const writer = keyBy(recent, null, ({ usage }) => usage.rowsWritten);
  const [first] = operationsBy(recent, ({ usage }) => usage.rowsWritten);
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
        : `${late} of ${published} invalidations (${percent(late / Math.max(1, published))}) took longer than ${settings.p95Ms} ms: cached answers may be as old.`,
      remedy:
        batches === 0
          ? 'No batch of the invalidation queue was consumed: see that its consumer is bound and not paused (npx wrangler queues info shardql-invalidations). Until then shards publish by themselves within 30 s.'
          : 'Look in the log for stamps-not-put (KV refuses puts) and publish-not-requested (shards do not answer); write fewer rows at once, where one operation writes most.',
      evidence: {
        ...NO_EVIDENCE,
        shard: isWaiting ? waiting.shard : (writer?.shard ?? null),
        shardKey: writer?.shardKey ?? null,
        operation: writer?.operation ?? first?.label ?? null,
      },
    },
  ];
};

function latenessOf({ lags }: MonitorState, { p95Ms }: RuleSettings['invalidation-lag']) {
  const inTime = (LAG_BOUNDS_MS as readonly number[]).indexOf(p95Ms) + 1;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return { published: sum(lags.counts), late: sum(lags.counts.slice(inTime)) };
}
