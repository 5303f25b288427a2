import { describe, expect, it } from 'vitest';
import { DEFAULT_ROUTER_SETTINGS, toRouterSettings } from '../../../src/shards/client/settings.ts';

describe('router settings', () => {
  it('are filled in; what is no setting of the router is left out', () => {
    const given = { shardCount: 7, isDevelopment: true };
    expect(toRouterSettings(given)).toEqual({ ...DEFAULT_ROUTER_SETTINGS, shardCount: 7 });
  });

  it.each([0, -1, 1.5, Number.NaN, 1025])('refuse %d shards', (shardCount) => {
    expect(() => toRouterSettings({ shardCount })).toThrow(/^Expected the setting shardCount .*, but got/);
  });

  it('refuse a bound of 0', () => {
    expect(() => toRouterSettings({ maxInFlightPerShard: 0 })).toThrow('maxInFlightPerShard');
  });
});
