import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventCounts, takeEventCounts } from '../../../src/events/event-counts.ts';
import { createCatalogClass } from '../../../src/shards/catalog/catalog.ts';
import { MonitorLab } from '../../support/monitoring/monitor-lab.ts';

const Catalog = createCatalogClass();

afterEach(() => void vi.restoreAllMocks());

/** A catalog whose map KV does not take. */
async function failToPublish(reportEvents: (events: object) => Promise<void>): Promise<void> {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const bindings = {
    SHARD: { getByName: () => ({ setOwnedSlots: async () => 0 }) },
    KV: { put: () => Promise.reject(new Error('KV is down.')) },
    MONITOR: { getByName: () => ({ reportEvents }) },
  };
  await runInDurableObject(env.LAB.getByName(`catalog-${crypto.randomUUID()}`), async (_, state) => {
    const pending: Promise<unknown>[] = [];
    Object.defineProperty(state, 'waitUntil', {
      value: (work: Promise<unknown>) => pending.push(work),
      configurable: true,
    });
    await new Catalog(state, bindings as never).map(2);
    await Promise.all(pending);
  });
}

describe('events of the catalog', () => {
  it('are counted by the monitor', async () => {
    const lab = new MonitorLab();
    takeEventCounts();
    await failToPublish((events) => lab.run((monitor) => monitor.reportEvents(events)));
    expect(eventCounts()).toEqual({});
    await lab.alarm();
    expect((await lab.run((monitor) => monitor.totals())).events).toEqual({ 'map-not-published': 1 });
  });

  it('are told with the next ones where the monitor does not take them', async () => {
    takeEventCounts();
    await failToPublish(() => Promise.reject(new Error('The monitor is down.')));
    expect(eventCounts()).toEqual({ 'map-not-published': 1 });
    const told: object[] = [];
    await failToPublish(async (events) => void told.push(events));
    expect(told).toEqual([{ 'map-not-published': 2 }]);
  });
});
