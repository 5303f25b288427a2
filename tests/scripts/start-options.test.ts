import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../scripts/start/options.ts';
import { StartError } from '../../scripts/start/start-error.ts';

describe('options of npm start', () => {
  it('deliver messages of queues, unless that is paused', () => {
    expect(parseStartOptions([], {}).deliversQueues).toBe(true);
    expect(parseStartOptions(['--pause-delivery'], {}).deliversQueues).toBe(false);
  });

  it('use KV for all shards while delivery is paused, unless it is said for which: else nothing would be late', () => {
    expect(parseStartOptions([], {}).variables).toEqual({});
    expect(parseStartOptions(['--pause-delivery'], {}).variables).toEqual({ SHARDQL_KV_DISTANCE_MS: '0' });
    const given = { SHARDQL_KV_DISTANCE_MS: '20' };
    expect(parseStartOptions(['--pause-delivery'], given).variables).toEqual(given);
  });

  it('refuse those that there are not', () => {
    expect(() => parseStartOptions(['--pause'], {})).toThrow(StartError);
  });
});
