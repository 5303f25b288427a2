import { report } from '../../events/report.ts';
import { inTime, systemTimers, type Timers } from '../../lib/timers.ts';
import type { MonitorTotals } from '../monitor-series.ts';
import { MONITOR_NAME, type MonitoredShard, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import { totalCounts, withCounts } from '../shard-counts.ts';
import type { ShardPlacement } from '../shard-map.ts';
import type { Look, ShardView } from '../shard-view.ts';
import type { ObjectNamespace } from './routing/router-env.ts';
import type { AskedShard, ShardClient } from './shard-client.ts';

/** A monitor that takes longer is shown as one that gives no answer. Prometheus waits 10 seconds for a scrape. */
const PATIENCE_MS = 4_000;

/** All shards, as operators see them. */
export class Fleet {
  readonly #shards: Pick<ShardClient, 'map' | 'status'>;
  readonly #monitors: ObjectNamespace | undefined;
  readonly #timers: Timers;

  /** @param monitors undefined: none is bound, so that nobody takes what shards report. */
  constructor(
    shards: Pick<ShardClient, 'map' | 'status'>,
    monitors: ObjectNamespace | undefined,
    timers: Timers = systemTimers,
  ) {
    this.#shards = shards;
    this.#monitors = monitors;
    this.#timers = timers;
  }

  /** In the map's order. If the monitor cannot be reached, they are as if they had not reported. */
  async views(look: Look): Promise<ShardView[]> {
    return await this.#views(look, await this.ask((monitor) => monitor.shards()));
  }

  /** The same, and what isolates have reported, by one call to the monitor; null: it gives no answer, or there is none. */
  async overview(look: Look): Promise<{ readonly views: ShardView[]; readonly totals: MonitorTotals | null }> {
    const answer = await this.ask((monitor) => monitor.overview());
    return { views: await this.#views(look, answer?.shards ?? null), totals: answer?.totals ?? null };
  }

  async #views(look: Look, known: readonly MonitoredShard[] | null): Promise<ShardView[]> {
    const [{ shards: placements }, asked] = await Promise.all([
      this.#shards.map(),
      look === 'reported' ? [] : this.#shards.status(look === 'counted'),
    ]);
    const monitored = new Map((known ?? []).map((each) => [each.shard, each]));
    const answers = new Map(asked.map((each) => [each.shard, each]));
    return placements.map((placement) =>
      viewOf(placement, monitored.get(placement.name) ?? null, answers.get(placement.name) ?? null),
    );
  }

  /** What the monitor answers; null: there is none, or it gives no answer within 4 s, which is reported. */
  async ask<Answer>(question: (monitor: MonitorRpc) => Promise<Answer>): Promise<Answer | null> {
    if (this.#monitors === undefined) return null;
    try {
      const monitor = this.#monitors.get(this.#monitors.idFromName(MONITOR_NAME)) as MonitorRpc;
      return await inTime(this.#timers, question(monitor), PATIENCE_MS, () =>
        Promise.reject(new Error(`It took more than ${PATIENCE_MS} ms.`)),
      );
    } catch (error) {
      // What the map tells, and shards of themselves, is shown all the same.
      report({ type: 'monitor-not-reached', error });
      return null;
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
