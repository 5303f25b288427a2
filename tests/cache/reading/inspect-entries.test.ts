import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/cache/isolate/isolate-cache.ts';
import { inspectEntries } from '../../../src/cache/reading/inspect-entries.ts';
import type { Requirement } from '../../../src/cache/requirement.ts';
import { bounded, CACHED, cachedModel, LabCache, type LabIsolate, session } from '../../support/cache/lab-cache.ts';
import { ordersOfTenant, tenantKey } from '../../support/cache/reads.ts';

const READ = ordersOfTenant('one');
const ONE = tenantKey('one');

const inspected = async (lab: LabCache, isolate: LabIsolate, requirement: Requirement = CACHED) => {
  const store = openStore(isolate.cache, lab.kv.location() as never);
  const [entry] = await inspectEntries(isolate.cache, store, READ, requirement);
  return entry!;
};

describe('looking at the entries of a read', () => {
  it('says what the judge says, of memory and of KV: fresh, changed since, too old, dead', async () => {
    const lab = new LabCache({ model: cachedModel(60, 30) });
    const isolate = lab.isolate({ kvFillReads: 1 });
    expect(await inspected(lab, isolate)).toMatchObject({ memory: null, kv: null });
    await isolate.read(READ, CACHED);
    const fresh = await inspected(lab, isolate);
    expect(fresh).toMatchObject({ memory: { verdict: 'fresh', isTraced: true }, kv: { verdict: 'fresh' } });
    expect(fresh.stamps.map(({ table, lastChange }) => [table, lastChange])).toEqual([
      ['Order', 0],
      ['OrderItem', 0],
    ]);
    // Another isolate has it in KV alone.
    expect(await inspected(lab, lab.isolate())).toMatchObject({ memory: null, kv: { verdict: 'fresh' } });
    await lab.clock.advance(10);
    expect((await inspected(lab, isolate, bounded(5))).kv?.verdict).toBe('refused-by-bound');
    expect((await inspected(lab, isolate, session(lab.version))).kv?.verdict).toBe('refused-by-token');
    await lab.change(['two'], ONE, { Order: {} });
    const changed = await inspected(lab, isolate);
    expect([changed.memory?.verdict, changed.kv?.verdict]).toEqual(['refused-by-stamp', 'refused-by-stamp']);
    expect(changed.stamps[0]!.lastChange).toBe(lab.changed);
    expect(changed.kv!.entry.snapshots[0]!.asOf).toBeLessThan(lab.changed);
    await lab.clock.advance(70_000);
    await isolate.read(READ, CACHED);
    await lab.clock.advance(70_000);
    expect((await inspected(lab, isolate)).memory?.verdict).toBe('stale');
    await lab.clock.advance(25_000);
    expect((await inspected(lab, isolate)).memory?.verdict).toBe('dead');
  });

  it('asks no shard, keeps nothing and takes nothing away', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ kvFillReads: 1 });
    await isolate.read(READ, CACHED);
    await lab.change(['two'], ONE, { Order: {} });
    const { size } = isolate.cache.memory;
    const { puts } = lab.kv.counts;
    for (let time = 0; time < 3; time++) await inspected(lab, isolate);
    expect(lab.asked).toHaveLength(1);
    expect([isolate.cache.memory.size, lab.kv.counts.puts]).toEqual([size, puts]);
  });
});
