import { NO_EVIDENCE } from '../../../alert.ts';
import { CAPACITY_LEVELS } from '../../../capacity.ts';
import type { MonitoredShard } from '../../../protocol/monitor-rpc.ts';
import type { MonitorState } from '../../monitor-state.ts';
import type { Finding, Rule } from '../finding.ts';
import { percent, writersOf } from '../suspects.ts';

/** A shard that has a level has it until it is smaller by so much. */
const HYSTERESIS = 0.95;

/** Shards that have reached a threshold of their capacity. */
export const capacityRule: Rule<'capacity'> = (state) => state.shards.map((shard) => findingOf(shard, state));

function findingOf(monitored: MonitoredShard, state: MonitorState): Finding {
  const { shard, figures } = monitored;
  const { warnBytes, fullBytes } = state.capacity;
  const { level, liveBytes } = figures;
  const isWell = level === 'OK' && liveBytes < warnBytes * HYSTERESIS;
  return {
    subject: shard,
    status: level !== 'OK' ? 'BROKEN' : isWell ? 'WELL' : 'BETWEEN',
    severity: level === 'FULL' ? 'CRITICAL' : 'WARNING',
    rank: CAPACITY_LEVELS.indexOf(level),
    summary: `${shard} holds ${percent(liveBytes / fullBytes)} of the bytes that it may have (level ${level}).`,
    remedy:
      level === 'FULL'
        ? 'Writes that may grow it fail with SHARD_FULL: delete or purge rows, those of the shard key named here first; shorten the log (docs/operating.md, Disk space).'
        : 'Delete or purge rows, or shorten the log (docs/operating.md, Disk space); place new shard keys on other shards (npm run shardql -- place).',
    evidence: filledBy(monitored, state),
  };
}

/** Who fills a shard: its largest shard key, or the one that writes most; and what it does most. */
export function filledBy({ shard, capacity }: MonitoredShard, { recent }: MonitorState): Finding['evidence'] {
  const [largest] = capacity.largeShardKeys;
  const shardKey = largest?.shardKey ?? writersOf(recent, shard).shardKey;
  const own = recent.keys.filter((each) => each.shardKey === shardKey);
  return { ...NO_EVIDENCE, shard, shardKey, operation: writersOf({ ...recent, keys: own }, shard).operation };
}
