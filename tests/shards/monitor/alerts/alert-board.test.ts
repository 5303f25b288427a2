import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type AlertSettings, toAlertSettings } from '../../../../src/shards/alert-settings.ts';
import { NO_LAGS } from '../../../../src/shards/lag-histogram.ts';
import { AlertBoard } from '../../../../src/shards/monitor/alerts/alert-board.ts';
import { AlertStore } from '../../../../src/shards/monitor/alerts/alert-store.ts';
import type { Seen } from '../../../../src/shards/monitor/alerts/board-memory.ts';
import { deliver } from '../../../../src/shards/monitor/delivery/deliver.ts';
import { Webhook } from '../../../../src/shards/monitor/delivery/webhook.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { NO_COUNTS } from '../../../../src/shards/tally.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf } from '../../../support/monitor/counts.ts';
import { shardOf, stateOf, T0 } from '../../../support/monitor/monitor-state.ts';

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});

const LOOK_MS = 20_000;
const HOUR_MS = 3_600_000;

const NOTHING: Seen = { counts: NO_COUNTS, lags: NO_LAGS, releases: [], shards: [], hasQueue: null };

interface Message {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A board with time of its own, and a receiver of its messages that answers as it is told. */
class Lab {
  nowMs = T0;
  status = 200;
  readonly messages: Message[] = [];
  readonly #sql: SqlStorage;
  readonly #settings: Partial<AlertSettings>;
  board: AlertBoard;
  webhook: Webhook;

  constructor(sql: SqlStorage, settings: Partial<AlertSettings>) {
    this.#sql = sql;
    this.#settings = settings;
    this.webhook = this.#makeWebhook();
    this.board = this.#make();
  }

  #makeWebhook(): Webhook {
    const bindings = {
      SHARDQL_ALERT_WEBHOOK: 'https://example.com/',
      SHARDQL_ALERT_SECRET: `whsec_${btoa('x'.repeat(32))}`,
    };
    return new Webhook(bindings, null, async (_, { headers, body }) => {
      const { type, data } = JSON.parse(body as string);
      this.messages.push({ id: (headers as Record<string, string>)['webhook-id']!, type, data });
      return new Response(null, { status: this.status });
    });
  }

  #make(): AlertBoard {
    return new AlertBoard({
      store: new AlertStore(new SqlSession(this.#sql)),
      settings: toAlertSettings({ alerts: this.#settings }),
      capacity: stateOf({}).capacity,
      webhook: this.webhook,
      periodMs: LOOK_MS,
    });
  }

  /** The object goes, and comes back with what was stored. */
  evict(): void {
    this.board = this.#make();
  }

  /** Looks at what has come, a period later. */
  async look(seen: Partial<Seen>): Promise<void> {
    this.nowMs += LOOK_MS;
    this.board.look({ ...NOTHING, ...seen }, this.nowMs);
    await deliver(this.board.outbox, this.webhook, this.nowMs);
  }

  /** Nothing comes, and the alarm rings as it is set, until then. */
  async wait(untilMs: number): Promise<number> {
    let alarms = 0;
    for (; alarms < 1_000; alarms++) {
      const next = this.board.nextMs(this.nowMs);
      if (next === null || next > untilMs) break;
      this.nowMs = Math.max(next, this.nowMs + 1);
      this.board.look(NOTHING, this.nowMs);
      await deliver(this.board.outbox, this.webhook, this.nowMs);
    }
    this.nowMs = untilMs;
    return alarms;
  }

  get told() {
    return this.messages.map(({ type, data }) => `${type} ${data.rule} ${data.subject}`);
  }

  get alerts() {
    return this.board.state(this.nowMs).alerts;
  }
}

const inLab = (test: (lab: Lab) => Promise<void>, settings: Partial<AlertSettings> = {}) =>
  runInDurableObject(env.LAB.getByName(crypto.randomUUID()), (_, { storage }) => test(new Lab(storage.sql, settings)));

const seen = (refused: number): Partial<Seen> => ({
  counts: countsOf({
    operations: [operationOf('Orders', {})],
    shards: [shardCallsOf('shard-0', { refused, calls: 1_000 })],
    keys: [keyCallsOf('acme', { operation: 'Orders' })],
  }),
});
const [BAD, WELL] = [seen(500), seen(0)];

const FIRING = 'alert.firing overload shard-0';
const RESOLVED = 'alert.resolved overload shard-0';

describe('alerts', () => {
  it('are told of once when they fire and once when they are resolved', () =>
    inLab(async (lab) => {
      for (const each of [WELL, BAD, BAD, BAD, BAD, WELL, WELL]) await lab.look(each);
      expect(lab.told).toEqual([FIRING, RESOLVED]);
      expect(lab.messages[0]!.data).toMatchObject({ severity: 'CRITICAL', shardKey: 'acme', operation: 'Orders' });
      expect(lab.alerts).toMatchObject([{ rule: 'overload', state: 'RESOLVED', resolution: 'GONE' }]);
      expect(lab.board.nextMs(lab.nowMs)).toBeNull();
    }));

  it('survive an eviction at any time', () =>
    inLab(async (lab) => {
      for (const each of [WELL, BAD, BAD, BAD, WELL, WELL]) {
        lab.evict();
        await lab.look(each);
      }
      expect(lab.told).toEqual([FIRING, RESOLVED]);
    }));

  it('do not come of a queue that there is not, and do once it is bound: what isolates told last stays known', () =>
    inLab(async (lab) => {
      // Published by alarms of shards, within 30 s.
      const lags = { counts: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0], sumMs: 0 };
      await lab.look({ hasQueue: false, lags });
      lab.evict();
      for (let time = 0; time < 5; time++) await lab.look({ lags });
      expect(lab.told).toEqual([]);
      await lab.look({ hasQueue: true, lags });
      await lab.look({ lags });
      expect(lab.told).toEqual(['alert.firing invalidation-lag deployment']);
    }));

  it('never fire from what is not reported, and are resolved once nobody knows', () =>
    inLab(async (lab) => {
      await lab.look(BAD);
      await lab.wait(lab.nowMs + HOUR_MS);
      expect([lab.told, lab.alerts]).toEqual([[], []]);
      await lab.look(BAD);
      await lab.look(BAD);
      const alarms = await lab.wait(lab.nowMs + HOUR_MS);
      expect(lab.told).toEqual([FIRING, RESOLVED]);
      expect(lab.alerts).toMatchObject([{ resolution: 'NOT_REPORTED' }]);
      expect(alarms).toBeLessThan(5);
    }));

  it('need no alarm where only a report can change them', () =>
    inLab(async (lab) => {
      await lab.look({ shards: [shardOf('shard-1', { level: 'FULL', liveBytes: 1_000 })] });
      await lab.wait(lab.nowMs + 60_000);
      expect(lab.told).toEqual(['alert.firing capacity shard-1']);
      expect(lab.board.nextMs(lab.nowMs)).toBeNull();
      await lab.look({ shards: [shardOf('shard-1', { level: 'OK', liveBytes: 100 })] });
      expect(lab.told.at(-1)).toBe('alert.resolved capacity shard-1');
    }));

  it('are told of again when they get worse', () =>
    inLab(async (lab) => {
      for (const level of ['WARN', 'WARN', 'PLAN', 'FULL', 'PLAN', 'FULL'] as const) {
        await lab.look({ shards: [shardOf('shard-1', { level, liveBytes: 900 })] });
      }
      expect(lab.messages.map(({ data }) => data.severity)).toEqual(['WARNING', 'WARNING', 'CRITICAL']);
      expect(new Set(lab.messages.map(({ id }) => id)).size).toBe(3);
    }));

  it('do not name shard keys where settings say so', () =>
    inLab(
      async (lab) => {
        await lab.look(BAD);
        await lab.look(BAD);
        expect(lab.messages[0]!.data).toMatchObject({ shardKey: null, operation: 'Orders' });
        expect(lab.alerts[0]!.evidence.shardKey).toBe('t:acme');
      },
      { tellsShardKeys: false },
    ));

  it('are none of rules that are off', () =>
    inLab(
      async (lab) => {
        await lab.look(BAD);
        await lab.look(BAD);
        expect(lab.alerts).toEqual([]);
      },
      { rules: { overload: false } },
    ));

  it('can be acknowledged', () =>
    inLab(async (lab) => {
      await lab.look(BAD);
      await lab.look(BAD);
      const { id } = lab.alerts[0]!;
      expect(lab.board.acknowledge(id, 'ann', lab.nowMs)).toBe(true);
      lab.evict();
      await lab.look(BAD);
      expect(lab.alerts).toMatchObject([{ state: 'FIRING', acknowledged: { by: 'ann' } }]);
      await lab.look(WELL);
      expect(lab.board.acknowledge(id, 'ann', lab.nowMs)).toBe(false);
    }));

  it('that are resolved are kept, and not without end', () =>
    inLab(async (lab) => {
      for (let time = 0; time < 210; time++) for (const each of [BAD, BAD, WELL]) await lab.look(each);
      expect(lab.alerts).toHaveLength(200);
      const times = lab.alerts.map(({ resolvedAtMs }) => resolvedAtMs!);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }));
});

describe('a silence', () => {
  const silence = (lab: Lab, parts: object) =>
    lab.board.silence(
      { rule: 'overload', subject: null, untilMs: lab.nowMs + 60_000, by: 'ann', reason: null, ...parts },
      lab.nowMs,
    );

  it('keeps an alert from being told of, and not from being shown', () =>
    inLab(async (lab) => {
      silence(lab, { untilMs: lab.nowMs + HOUR_MS });
      for (const each of [BAD, BAD, BAD]) await lab.look(each);
      expect(lab.told).toEqual([]);
      expect(lab.alerts).toMatchObject([{ state: 'FIRING', silencedUntilMs: expect.any(Number) }]);
      await lab.look(WELL);
      expect(lab.told).toEqual([]);
    }));

  it('ends by itself: then it is told of what still fires', () =>
    inLab(async (lab) => {
      silence(lab, {});
      await lab.look(BAD);
      await lab.look(BAD);
      expect(lab.told).toEqual([]);
      await lab.wait(lab.nowMs + 30_000);
      expect(lab.told).toEqual([FIRING]);
      expect(lab.board.state(lab.nowMs).silences).toEqual([]);
    }));

  it('can be taken back, and covers its subject alone', () =>
    inLab(async (lab) => {
      const { id } = silence(lab, { untilMs: lab.nowMs + HOUR_MS })!;
      silence(lab, { subject: 'shard-7', untilMs: lab.nowMs + HOUR_MS });
      expect(lab.board.unsilence(id)).toBe(true);
      expect(lab.board.unsilence(id)).toBe(false);
      await lab.look(BAD);
      await lab.look(BAD);
      expect(lab.told).toEqual([FIRING]);
    }));
});

describe('a receiver that fails', () => {
  it('gets the message again, with the same id, until it takes it', () =>
    inLab(async (lab) => {
      lab.status = 503;
      await lab.look(BAD);
      await lab.look(BAD);
      await lab.wait(lab.nowMs + 120_000);
      expect(lab.messages.length).toBeGreaterThan(2);
      lab.status = 200;
      await lab.wait(lab.nowMs + HOUR_MS);
      expect(new Set(lab.messages.map(({ id }) => id)).size).toBe(2);
      expect(lab.board.state(lab.nowMs).webhook.waiting).toBe(0);
    }));

  it('is told in order: nothing is resolved that it has not heard of', () =>
    inLab(async (lab) => {
      lab.status = 500;
      for (const each of [BAD, BAD, WELL]) await lab.look(each);
      expect(new Set(lab.told)).toEqual(new Set([FIRING]));
      lab.status = 200;
      lab.evict();
      await lab.wait(lab.nowMs + HOUR_MS);
      expect(lab.told.slice(-2)).toEqual([FIRING, RESOLVED]);
    }));

  it('is given up after hours, and alerts go on', () =>
    inLab(async (lab) => {
      lab.status = 500;
      await lab.look({ shards: [shardOf('shard-1', { level: 'FULL', liveBytes: 1_000 })] });
      const alarms = await lab.wait(lab.nowMs + 24 * HOUR_MS);
      expect(lab.messages).toHaveLength(9);
      expect(alarms).toBe(8);
      expect(lab.board.state(lab.nowMs).webhook.waiting).toBe(0);
      expect(lab.alerts).toMatchObject([{ state: 'FIRING' }]);
    }));
});

it('a test says that it is one', () =>
  inLab(async (lab) => {
    const { type, data } = JSON.parse(lab.board.testMessage('ann', lab.nowMs));
    expect([type, data.summary]).toEqual(['alert.test', 'This is a test that ann has sent: nothing is wrong.']);
    expect(lab.board.state(lab.nowMs).webhook.waiting).toBe(0);
  }));
