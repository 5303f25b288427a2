import { DurableObject } from 'cloudflare:workers';
import { report } from '../../events/report.ts';
import { type CapacityReport, type CapacitySettings, type ShardCapacity, toCapacitySettings } from '../capacity.ts';
import type { MonitorRpc } from '../protocol/monitor-rpc.ts';
import { slotOf } from '../slots.ts';
import { RecordStore } from './record-store.ts';
import { toCapacity, withReport } from './shard-record.ts';

/**
 * The Durable Object that keeps what shards report of their capacity. There is one. It is told and asked, calls nobody, and has no
 * alarm: where nothing is written, nothing wakes.
 */
export function createMonitorClass(given: Partial<CapacitySettings> = {}) {
  const settings = toCapacitySettings(given);
  return class Monitor extends DurableObject implements MonitorRpc {
    readonly #store: RecordStore;

    constructor(ctx: DurableObjectState, env: unknown) {
      super(ctx, env as never);
      this.#store = new RecordStore(ctx.storage);
    }

    async report(received: CapacityReport): Promise<void> {
      const { shard } = received;
      const { record, newlyLarge } = withReport(this.#store.find(shard), received, settings);
      this.#store.keep(shard, record);
      const { largeShardKeyShare: share } = settings;
      for (const key of newlyLarge) report({ type: 'large-shard-key', shard, slot: slotOf(key), share });
    }

    async capacity(): Promise<readonly ShardCapacity[]> {
      return this.#store.all().map(([shard, record]) => toCapacity(shard, record, settings));
    }
  };
}
