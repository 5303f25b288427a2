import { describe, expect, it } from 'vitest';
import { ALERT_RULES, type AlertRule } from '../../../../src/shards/alert.ts';
import { toAlertSettings } from '../../../../src/shards/alert-settings.ts';
import { MIGRATING } from '../../../../src/shards/errors.ts';
import { LAG_BOUNDS_MS } from '../../../../src/shards/lag-histogram.ts';
import type { Finding } from '../../../../src/shards/monitor/alerts/finding.ts';
import { findAll } from '../../../../src/shards/monitor/alerts/rules.ts';
import { NOTHING_USUAL, withPeriod } from '../../../../src/shards/monitor/alerts/usual-rates.ts';
import type { MonitorState } from '../../../../src/shards/monitor/monitor-state.ts';
import { NO_COUNTS } from '../../../../src/shards/tally.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf, sketchOf, tableOf } from '../../../support/monitor/counts.ts';
import { shardOf, stateOf, T0 } from '../../../support/monitor/monitor-state.ts';

const SETTINGS = toAlertSettings({});
const DAY_MS = 86_400_000;

const findings = (rule: AlertRule, parts: Partial<MonitorState>): readonly Finding[] =>
  findAll(stateOf(parts), SETTINGS).get(rule)!;

/** Of its only subject, in that state; with what it names. */
const found = (rule: AlertRule, parts: Partial<MonitorState>): Finding => {
  const all = findings(rule, parts);
  expect(all).toHaveLength(1);
  return all[0]!;
};

/** An hour of what is usual. */
const usual = (recent: MonitorState['recent']) =>
  Array.from({ length: 180 }).reduce<MonitorState['usual']>(
    (rates, _, at) => withPeriod(rates, recent, 20_000, T0 - 3_600_000 + at * 20_000),
    NOTHING_USUAL,
  );

const lagsOf = (counts: Readonly<Record<number, number>>) => ({
  counts: [...LAG_BOUNDS_MS, Number.POSITIVE_INFINITY].map((bound) => counts[bound] ?? 0),
  sumMs: 0,
});

const ORDERS = operationOf('Orders', { requests: 1_000, usage: { objectRequests: 900 } });
const ACME = keyCallsOf('acme', { requests: 900, operation: 'Orders', usage: { objectRequests: 900 } });

describe('nothing reported', () => {
  it.each(ALERT_RULES)('says nothing: %s', (rule) => {
    expect(findings(rule, {})).toEqual([]);
  });
});

describe('capacity', () => {
  it.each([
    ['OK', 600, 'WELL'],
    ['OK', 690, 'BETWEEN'],
    ['WARN', 710, 'BROKEN'],
    ['FULL', 1_000, 'BROKEN'],
  ] as const)('by its level %s at %i bytes: %s', (level, liveBytes, status) => {
    expect(found('capacity', { shards: [shardOf('shard-1', { level, liveBytes })] })).toMatchObject({
      subject: 'shard-1',
      status,
    });
  });

  it('names who fills it', () => {
    const recent = countsOf({
      operations: [operationOf('ImportEvents', { kind: 'mutation', usage: { rowsWritten: 500 } })],
      keys: [keyCallsOf('acme', { shard: 'shard-1', operation: 'ImportEvents', usage: { rowsWritten: 500 } })],
    });
    const shards = [shardOf('shard-1', { level: 'FULL', liveBytes: 1_000 })];
    expect(found('capacity', { shards, recent })).toMatchObject({
      severity: 'CRITICAL',
      summary: 'shard-1 holds 100 % of the bytes that it may have (level FULL).',
      evidence: { shard: 'shard-1', shardKey: 't:acme', operation: 'ImportEvents' },
    });
  });
});

describe('capacity-forecast', () => {
  it.each([
    [10, 500, 'BROKEN'],
    [15, 500, 'BETWEEN'],
    [20, 500, 'WELL'],
    [10, 50, 'WELL'],
    [null, 500, 'WELL'],
  ] as const)('full in %s days, with %i of 1,000 bytes: %s', (days, liveBytes, status) => {
    const fullAtMs = days === null ? null : T0 + days * DAY_MS;
    expect(
      found('capacity-forecast', { shards: [shardOf('shard-1', { liveBytes, capacity: { fullAtMs } })] }),
    ).toMatchObject({ status });
  });
});

describe('invalidation-lag', () => {
  it.each([
    ['all in time', { 25: 100 }, 'WELL'],
    ['few late', { 25: 97, 5000: 3 }, 'BETWEEN'],
    ['many late', { 25: 90, 5000: 10 }, 'BROKEN'],
    ['two of two late, which is too few to tell', { 5000: 2 }, 'BETWEEN'],
    ['a second, which is the bound', { 1000: 100 }, 'WELL'],
    ['more than the last bound', { [Number.POSITIVE_INFINITY]: 3 }, 'BROKEN'],
  ] as const)('%s', (_, counts, status) => {
    expect(found('invalidation-lag', { lags: lagsOf(counts) })).toMatchObject({ status });
  });

  it('says that nobody consumes the queue, and who writes', () => {
    const recent = countsOf({
      keys: [keyCallsOf('acme', { operation: 'Move', usage: { rowsWritten: 9 } })],
      operations: [operationOf('Move', { usage: { rowsWritten: 9 } })],
    });
    const finding = found('invalidation-lag', { recent, lags: lagsOf({ 30000: 10 }) });
    expect(finding.remedy).toMatch(/^No batch of the invalidation queue was consumed/);
    expect(finding.evidence).toMatchObject({ shardKey: 't:acme', operation: 'Move', shard: 'shard-0' });
  });

  it('names what writes, not what is asked most', () => {
    const recent = countsOf({
      keys: [keyCallsOf('acme', { operation: 'Orders', requests: 900, usage: { rowsWritten: 9 } })],
      operations: [ORDERS, operationOf('Move', { kind: 'mutation', usage: { rowsWritten: 9 } })],
    });
    expect(found('invalidation-lag', { recent, lags: lagsOf({ 30000: 10 }) }).evidence).toMatchObject({
      ...{ shardKey: 't:acme', operation: 'Move' },
    });
  });

  it.each([
    ['within half a minute', { 30000: 100 }, 'WELL'],
    ['later than that', { 30000: 90, 60000: 10 }, 'BROKEN'],
  ] as const)(
    'expects no more than that shards publish by themselves, where there is no queue: %s',
    (_, counts, status) => {
      const finding = found('invalidation-lag', { hasQueue: false, lags: lagsOf(counts) });
      expect(finding).toMatchObject({ status, remedy: expect.stringMatching(/^No queue is bound/) });
    },
  );

  it('goes by the age of messages, where the queue is consumed late', () => {
    const queue = { ...NO_COUNTS.queue, batches: 5, messages: 50, ageMs: sketchOf([4_000, 4_000, 5_000]) };
    expect(found('invalidation-lag', { recent: countsOf({ queue }) })).toMatchObject({ status: 'BROKEN' });
    const young = { ...queue, ageMs: sketchOf([40, 40, 50]) };
    expect(found('invalidation-lag', { recent: countsOf({ queue: young }) })).toMatchObject({ status: 'WELL' });
  });
});

describe('hit-ratio', () => {
  const warm = usual(countsOf({ operations: [ORDERS], tables: [tableOf('Order', 90, 10)] }));
  it.each([
    ['as usual', tableOf('Order', 880, 120), 'WELL'],
    ['a little less', tableOf('Order', 760, 240), 'BETWEEN'],
    ['far less', tableOf('Order', 100, 900), 'BROKEN'],
  ] as const)('%s', (_, table, status) => {
    expect(found('hit-ratio', { usual: warm, recent: countsOf({ tables: [table] }) })).toMatchObject({
      subject: 'Order',
      status,
    });
  });

  it('says nothing of few lookups, nor before it is known what is usual', () => {
    const cold = countsOf({ tables: [tableOf('Order', 10, 90)] });
    expect(findings('hit-ratio', { usual: warm, recent: cold })).toEqual([]);
    expect(findings('hit-ratio', { recent: countsOf({ tables: [tableOf('Order', 100, 900)] }) })).toEqual([]);
  });

  it('tells a cache that is empty from one whose rows change', () => {
    const asked = operationOf('Orders', { source: 'shard' });
    const empty = countsOf({ tables: [tableOf('Order', 100, 900)], operations: [asked], keys: [ACME] });
    expect(found('hit-ratio', { usual: warm, recent: empty })).toMatchObject({
      remedy: expect.stringContaining('npm run shardql -- warm Order'),
      evidence: { table: 'Order', shardKey: 't:acme', operation: 'Orders' },
    });
    const answers = { memory: { hit: 100, 'refused-by-stamp': 800 }, shard: { miss: 900 } };
    expect(
      found('hit-ratio', { usual: warm, recent: countsOf({ tables: [{ table: 'Order', answers }] }) }),
    ).toMatchObject({
      remedy: expect.stringContaining('rows of Order change all the time'),
    });
  });
});

describe('error-rate', () => {
  const failing = (requests: number, failed: number, code = 'INTERNAL_SERVER_ERROR') =>
    operationOf('Checkout', { kind: 'mutation', requests, failed, errors: { [code]: failed } });

  it.each([
    ['none', [ORDERS], 'WELL'],
    ['few', [ORDERS, failing(1_000, 9)], 'BETWEEN'],
    ['2 % of all', [ORDERS, failing(1_000, 40)], 'BROKEN'],
    ['10 % of one', [operationOf('Orders', { requests: 100_000 }), failing(100, 10)], 'BROKEN'],
    ['faults of clients', [ORDERS, failing(1_000, 500, 'BAD_USER_INPUT')], 'WELL'],
  ] as const)('%s', (_, operations, status) => {
    expect(found('error-rate', { recent: countsOf({ operations }) })).toMatchObject({ status });
  });

  it('leaves a shard that migrates to the rule that is about that', () => {
    const operations = [operationOf('Orders', { requests: 100, failed: 90, errors: { SHARD_UNAVAILABLE: 90 } })];
    const migrating = [shardCallsOf('shard-0', { codes: { [MIGRATING]: 90 } })];
    expect(found('error-rate', { recent: countsOf({ operations, shards: migrating }) }).status).toBe('WELL');
    // Calls are repeated, and requests have several: how many were refused says nothing of how many requests failed.
    const gone = [...migrating, shardCallsOf('shard-1', { failed: 1, codes: { SHARD_UNAVAILABLE: 1 } })];
    expect(found('error-rate', { recent: countsOf({ operations, shards: gone }) }).status).toBe('BROKEN');
  });

  it('names the operation, the tenant and the release that it began with', () => {
    const recent = countsOf({
      operations: [ORDERS, failing(200, 150)],
      keys: [keyCallsOf('acme', { operation: 'Checkout', requests: 100 }), ACME],
    });
    const releases = [
      { release: 'v1', sinceMs: T0 - 30 * DAY_MS, requests: 0, failed: 0 },
      { release: 'v2', sinceMs: T0 - 60_000, requests: 1_200, failed: 150 },
    ];
    expect(found('error-rate', { recent, releases })).toMatchObject({
      summary:
        '150 of 1200 requests (13 %) failed with INTERNAL_SERVER_ERROR; most are Checkout, of which 75 % failed.',
      remedy: expect.stringContaining('It began with version v2 of the Worker: take it back'),
      evidence: { operation: 'Checkout', shardKey: 't:acme', release: 'v2' },
    });
    const old = releases.map((each) => ({ ...each, sinceMs: T0 - 2 * DAY_MS }));
    expect(found('error-rate', { recent, releases: old }).evidence.release).toBeNull();
  });
});

describe('dead-letters', () => {
  const queue = { ...NO_COUNTS.queue, deadLettered: 2 };
  it('are there until they are cleared', () => {
    expect(found('dead-letters', { recent: countsOf({ queue }) })).toMatchObject({
      status: 'BROKEN',
      summary: '2 messages of the invalidation queue could not be consumed, and are kept as dead letters.',
    });
    const events = { 'dead-letters-cleared': 1 };
    expect(found('dead-letters', { recent: countsOf({ events }) })).toMatchObject({ status: 'WELL' });
    expect(found('dead-letters', { recent: countsOf({ events, queue }) })).toMatchObject({ status: 'BROKEN' });
    expect(findings('dead-letters', { recent: countsOf({ operations: [ORDERS] }) })).toEqual([]);
  });
});

describe('overload', () => {
  it.each([
    ['none', { calls: 1_000 }, 'WELL'],
    ['few', { calls: 1_000, refused: 15 }, 'BETWEEN'],
    ['many', { calls: 1_000, refused: 200 }, 'BROKEN'],
    ['many, and few of all', { calls: 100_000, refused: 30 }, 'WELL'],
  ])('%s', (_, calls, status) => {
    expect(found('overload', { recent: countsOf({ shards: [shardCallsOf('shard-0', calls)] }) })).toMatchObject({
      status,
    });
  });

  it('names the tenant that has most of it', () => {
    const recent = countsOf({
      operations: [ORDERS],
      keys: [
        ACME,
        keyCallsOf('other', { requests: 100 }),
        keyCallsOf('elsewhere', { shard: 'shard-1', requests: 5_000 }),
      ],
      shards: [shardCallsOf('shard-0', { refused: 200 })],
    });
    expect(found('overload', { recent })).toMatchObject({
      subject: 'shard-0',
      summary: expect.stringContaining('The busiest shard key has 90 % of the requests'),
      remedy: expect.stringContaining('One shard key has most of it: limit its requests'),
      evidence: { shard: 'shard-0', shardKey: 't:acme', operation: 'Orders' },
    });
  });
});

describe('shard-unavailable', () => {
  it.each([
    ['all answered', { calls: 10 }, 'WELL'],
    ['one failed', { calls: 0, failed: 1 }, 'WELL'],
    ['most failed', { calls: 2, failed: 8 }, 'BROKEN'],
  ])('%s', (_, calls, status) => {
    expect(found('shard-unavailable', { recent: countsOf({ shards: [shardCallsOf('s', calls)] }) })).toMatchObject({
      status,
    });
  });
});

describe('migrations', () => {
  it.each([
    ['migration-failed', 'MIGRATION_FAILED'],
    ['migration-slow', 'MIGRATING'],
  ] as const)('%s goes by what calls were refused with', (rule, code) => {
    const recent = (codes: Record<string, number>) => ({
      recent: countsOf({
        shards: [shardCallsOf('shard-2', { codes })],
        keys: [keyCallsOf('acme', { shard: 'shard-2' })],
      }),
    });
    expect(found(rule, recent({ [code]: 3 }))).toMatchObject({
      subject: 'shard-2',
      status: 'BROKEN',
      summary: expect.stringContaining('3 calls'),
      remedy: expect.stringContaining('npm run shardql -- migrate status'),
      evidence: { shardKey: 't:acme' },
    });
    expect(found(rule, recent({ OVERLOADED: 3 }))).toMatchObject({ status: 'WELL' });
  });
});

describe('cache-audit', () => {
  const audit = (ageMs: number, result: 'consistent' | 'inconsistent') => ({ ageMs, result, count: 1 });
  it('is about what is a minute old', () => {
    expect(found('cache-audit', { audits: [audit(60_000, 'inconsistent')] })).toMatchObject({ status: 'BROKEN' });
    expect(found('cache-audit', { audits: [audit(60_000, 'consistent')] })).toMatchObject({ status: 'WELL' });
    expect(findings('cache-audit', { audits: [audit(1_000, 'inconsistent')] })).toEqual([]);
  });
});

describe('authentication', () => {
  const denied = (requests: number, count: number) =>
    countsOf({ operations: [operationOf('Orders', { requests })], denials: { UNAUTHENTICATED: count } });
  it.each([
    ['none', denied(1_000, 0), 'WELL'],
    ['few', denied(20, 15), 'BETWEEN'],
    ['many', denied(1_000, 400), 'BROKEN'],
  ] as const)('%s', (_, recent, status) => {
    expect(found('authentication', { recent })).toMatchObject({ status });
  });

  it('is not about what is usual', () => {
    expect(found('authentication', { recent: denied(1_000, 400), usual: usual(denied(1_000, 300)) }).status).toBe(
      'WELL',
    );
  });

  it('does not take for usual what a deployment has just begun with', () => {
    const recent = denied(1_000, 970);
    const begun = withPeriod(NOTHING_USUAL, recent, 20_000, T0 - 20_000);
    expect(found('authentication', { recent, usual: begun }).status).toBe('BROKEN');
  });

  it('is about keys that cannot be fetched', () => {
    const events = { 'jwks-not-fetched': 2 };
    expect(found('authentication', { recent: countsOf({ events }) })).toMatchObject({
      status: 'BROKEN',
      remedy: expect.stringContaining('The log has jwks-not-fetched'),
    });
  });
});

describe('write-surge', () => {
  const written = (rowsWritten: number) =>
    countsOf({
      operations: [operationOf('DeleteAll', { kind: 'mutation', usage: { rowsWritten } })],
      keys: [keyCallsOf('acme', { operation: 'DeleteAll', usage: { rowsWritten } })],
    });
  it.each([
    ['as usual', 200, 'WELL'],
    ['more', 15_000, 'BETWEEN'],
    ['far more', 100_000, 'BROKEN'],
  ] as const)('%s', (_, rows, status) => {
    expect(found('write-surge', { recent: written(rows), usual: usual(written(200)) })).toMatchObject({ status });
  });

  it('names who writes, and is not about what is usual', () => {
    expect(found('write-surge', { recent: written(100_000), usual: usual(written(200)) })).toMatchObject({
      summary:
        '5000 rows were written per second, 10 are usual; 100 % of them by one operation or under one shard key.',
      evidence: { shardKey: 't:acme', operation: 'DeleteAll' },
    });
    expect(found('write-surge', { recent: written(100_000), usual: usual(written(100_000)) }).status).toBe('WELL');
    expect(findings('write-surge', { recent: written(100_000) })).toEqual([]);
  });
});
