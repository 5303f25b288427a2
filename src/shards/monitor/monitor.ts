import { DurableObject } from 'cloudflare:workers';
import { report } from '../../events/report.ts';
import { type CapacitySettings, toCapacitySettings } from '../capacity.ts';
import type { MonitoredShard, MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ShardReport } from '../shard-report.ts';
import { slotOf } from '../slots.ts';
import { RecordStore } from './record-store.ts';
import { monitored, withReport } from './shard-record.ts';

/**
 * The Durable Object that keeps what shards report. There is one. It is told and asked, calls nobody, and has no alarm: where nothing
 * is written, nothing wakes.
 */
export function createMonitorClass(given: Partial<CapacitySettings> = {}) {
  const settings = toCapacitySettings(given);
  return class Monitor extends DurableObject implements MonitorRpc {
    readonly #store: RecordStore;

    constructor(ctx: DurableObjectState, env: unknown) {
      super(ctx, env as never);
      this.#store = new RecordStore(ctx.storage);
    }

    async report(received: ShardReport): Promise<void> {
      const { shard } = received;
      const { record, newlyLarge } = withReport(this.#store.find(shard), received, settings);
      this.#store.keep(shard, record);
      const { largeShardKeyShare: share } = settings;
      for (const key of newlyLarge) report({ type: 'large-shard-key', shard, slot: slotOf(key), share });
    }

    async shards(): Promise<readonly MonitoredShard[]> {
      return this.#store.all().map(([shard, record]) => monitored(shard, record, settings));
    }
  };
}
