import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../scripts/start/options.ts';
import { StartError } from '../../scripts/start/start-error.ts';

describe('options of npm start', () => {
  it('deliver messages of queues, unless that is paused', () => {
    expect(parseStartOptions([], {}).deliversQueues).toBe(true);
    expect(parseStartOptions(['--pause-delivery'], {}).deliversQueues).toBe(false);
  });

  it('refuse those that there are not', () => {
    expect(() => parseStartOptions(['--pause'], {})).toThrow(StartError);
  });
});
