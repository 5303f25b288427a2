import { report } from '../../events/report.ts';
import type { ShardCapacity } from '../capacity.ts';
import { MONITOR_NAME, type MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ObjectNamespace } from './routing/router-env.ts';

/** What the `Monitor` knows of the shards. */
export class Capacities {
  readonly #monitors: ObjectNamespace | undefined;

  /** @param monitors undefined: none is bound. */
  constructor(monitors: ObjectNamespace | undefined) {
    this.#monitors = monitors;
  }

  /** By the shard's name, of those that have reported. Empty where nobody takes reports, or the monitor cannot be reached. */
  async byShard(): Promise<ReadonlyMap<string, ShardCapacity>> {
    if (this.#monitors === undefined) return new Map();
    try {
      const monitor = this.#monitors.get(this.#monitors.idFromName(MONITOR_NAME)) as MonitorRpc;
      return new Map((await monitor.capacity()).map((capacity) => [capacity.shard, capacity]));
    } catch (error) {
      // What shards tell of themselves is shown all the same.
      report({ type: 'capacity-not-known', error });
      return new Map();
    }
  }
}
