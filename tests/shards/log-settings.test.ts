import { describe, expect, it } from 'vitest';
import { createWorker } from '../../src/index.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { toLogSettings } from '../../src/shards/log-settings.ts';

describe('settings of the log', () => {
  it('have defaults', () => {
    expect(toLogSettings({})).toEqual({ maxAgeDays: 7, maxBytes: 1_000_000_000 });
    expect(toLogSettings({ maxAgeDays: 0.5 })).toEqual({ maxAgeDays: 0.5, maxBytes: 1_000_000_000 });
    expect(toLogSettings({ maxBytes: 100_000 })).toEqual({ maxAgeDays: 7, maxBytes: 100_000 });
  });

  it.each([
    [{ maxAgeDays: 0 }, 'Expected log.maxAgeDays to be more than 0 and at most 3650, but got 0.'],
    [{ maxAgeDays: Number.NaN }, 'Expected log.maxAgeDays to be more than 0 and at most 3650, but got NaN.'],
    [{ maxAgeDays: 4_000 }, 'Expected log.maxAgeDays to be more than 0 and at most 3650, but got 4000.'],
    [{ maxAgeDays: '7' }, 'Expected log.maxAgeDays to be more than 0 and at most 3650, but got 7.'],
    [{ maxBytes: 99_999 }, 'Expected log.maxBytes to be a whole number from 100000 to 8000000000, but got 99999.'],
    [{ maxBytes: 1e10 }, 'Expected log.maxBytes to be a whole number from 100000 to 8000000000, but got 10000000000.'],
    [
      { maxBytes: 1e6 + 0.5 },
      'Expected log.maxBytes to be a whole number from 100000 to 8000000000, but got 1000000.5.',
    ],
    [{ maxDays: 7 }, 'Expected settings of log to be maxAgeDays and maxBytes, but got maxDays.'],
  ])('%j keep the Worker from starting', (log, message) => {
    expect(() => createWorker({ model, migrations: bundle, log: log as never })).toThrow(message);
  });
});
