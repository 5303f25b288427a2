import { report } from '../../events/report.ts';
import { MONITOR_NAME, type MonitoredShard, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import { totalCounts, withCounts } from '../shard-counts.ts';
import type { ShardPlacement } from '../shard-map.ts';
import type { Look, ShardView } from '../shard-view.ts';
import type { ObjectNamespace } from './routing/router-env.ts';
import type { AskedShard, ShardClient } from './shard-client.ts';

/** All shards, as operators see them. */
export class Fleet {
  readonly #shards: Pick<ShardClient, 'map' | 'status'>;
  readonly #monitors: ObjectNamespace | undefined;

  /** @param monitors undefined: none is bound, so that nobody takes what shards report. */
  constructor(shards: Pick<ShardClient, 'map' | 'status'>, monitors: ObjectNamespace | undefined) {
    this.#shards = shards;
    this.#monitors = monitors;
  }

  /** In the map's order. If the monitor cannot be reached, they are as if they had not reported. */
  async views(look: Look): Promise<ShardView[]> {
    const [{ shards: placements }, monitored, asked] = await Promise.all([
      this.#shards.map(),
      this.#monitored(),
      look === 'reported' ? [] : this.#shards.status(look === 'counted'),
    ]);
    const answers = new Map(asked.map((each) => [each.shard, each]));
    return placements.map((placement) =>
      viewOf(placement, monitored.get(placement.name) ?? null, answers.get(placement.name) ?? null),
    );
  }

  /** By the shard's name. */
  async #monitored(): Promise<ReadonlyMap<string, MonitoredShard>> {
    if (this.#monitors === undefined) return new Map();
    try {
      const monitor = this.#monitors.get(this.#monitors.idFromName(MONITOR_NAME)) as MonitorRpc;
      return new Map((await monitor.shards()).map((known) => [known.shard, known]));
    } catch (error) {
      // What the map tells, and shards of themselves, is shown all the same.
      report({ type: 'monitor-not-reached', error });
      return new Map();
    }
  }
}

function viewOf({ name, ranges }: ShardPlacement, known: MonitoredShard | null, asked: AskedShard | null): ShardView {
  const reported: ShardView = {
    shard: name,
    slots: ranges,
    atMs: known?.atMs ?? null,
    figures: known?.figures ?? null,
    counts: known && totalCounts(known.counts),
    capacity: known?.capacity ?? null,
    rowsByTable: null,
    error: null,
  };
  if (asked === null) return reported;
  const { atMs, status } = asked;
  if ('code' in status) return { ...reported, error: status };
  const { figures, counted, rowsByTable } = status;
  return { ...reported, atMs, figures, rowsByTable, counts: totalCounts(withCounts(known?.counts ?? null, counted)) };
}
