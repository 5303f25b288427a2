import type { Finding, Rule } from '../finding.ts';
import { percent } from '../suspects.ts';
import { filledBy } from './capacity.ts';

const DAY_MS = 86_400_000;
/** What is further away than this, as a share of the bound, is well. */
const HYSTERESIS = 1.2;

/** Shards that will be full soon. One that is full already is the matter of another rule. */
export const capacityForecastRule: Rule<'capacity-forecast'> = (state, { days, leastShare }) =>
  state.shards.map((monitored): Finding => {
    const { shard, figures, capacity } = monitored;
    const share = figures.liveBytes / state.capacity.fullBytes;
    const leftDays = capacity.fullAtMs === null ? Number.POSITIVE_INFINITY : (capacity.fullAtMs - state.nowMs) / DAY_MS;
    const isBroken = leftDays < days && share >= leastShare && figures.level !== 'FULL';
    const isWell = leftDays >= days * HYSTERESIS || share < leastShare * 0.9;
    return {
      subject: shard,
      status: isBroken ? 'BROKEN' : isWell ? 'WELL' : 'BETWEEN',
      severity: 'WARNING',
      rank: 1,
      summary: `${shard} holds ${percent(share)} of the bytes that it may have, and is full in ${Math.max(0, leftDays).toFixed(1)} days at this rate.`,
      remedy:
        'Make room before that: delete or purge rows, shorten the log (docs/operating.md, Disk space), or place new shard keys on other shards (npm run shardql -- place).',
      evidence: filledBy(monitored, state),
    };
  });
