import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { NewAuditEntry } from '../../../src/shards/audit.ts';
import { AuditStore } from '../../../src/shards/catalog/audit-store.ts';

const ACTOR = { role: 'operator', by: 'api-key', issuer: null, name: 'ci', address: '203.0.113.7' };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const entry = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  atMs: 1_790_000_000_000,
  action: 'undo',
  target: 'an-operation',
  outcome: 'SUCCEEDED',
  actor: ACTOR,
  requestId: 'r',
  ...more,
});

const inStore = <T>(work: (store: AuditStore, sql: SqlStorage) => T): Promise<T> =>
  runInDurableObject(env.LAB.getByName(crypto.randomUUID()), (_, { storage }) =>
    work(new AuditStore(storage), storage.sql),
  );

const requestIds = (store: AuditStore): string[] =>
  store.before(Number.MAX_SAFE_INTEGER, 20_000).map(({ requestId }) => requestId);

describe('the audit log', () => {
  it('gives back what it was given, latest first, page by page', () =>
    inStore((store) => {
      const given = [0, 1, 2, 3, 4].map((at) =>
        entry({ atMs: 1_790_000_000_000 + at, requestId: `${at}`, target: null }),
      );
      for (const each of given) store.add(each);
      const first = store.before(Number.MAX_SAFE_INTEGER, 2);
      expect(first.map(({ seq: _, ...rest }) => rest)).toEqual([given[4], given[3]]);
      expect(store.before(first.at(-1)!.seq, 9).map(({ requestId }) => requestId)).toEqual(['2', '1', '0']);
    }));

  it('has what comes in many requests once an hour, for each target, outcome and caller', () =>
    inStore((store) => {
      const again = (more: Partial<NewAuditEntry>) => store.add(entry({ action: 'import', target: 'orders', ...more }));
      again({ requestId: 'first' });
      again({ requestId: 'again', atMs: 1_790_000_001_000 });
      again({ requestId: 'other table', target: 'customers' });
      again({ requestId: 'failed', outcome: 'SHARD_UNAVAILABLE' });
      again({ requestId: 'other caller', actor: { ...ACTOR, name: 'cd' } });
      again({ requestId: 'next hour', atMs: 1_790_000_000_000 + HOUR_MS });
      store.add(entry({ requestId: 'undo' }));
      store.add(entry({ requestId: 'undo again' }));
      expect(requestIds(store).reverse()).toEqual([
        'first',
        'other table',
        'failed',
        'other caller',
        'next hour',
        'undo',
        'undo again',
      ]);
    }));

  it('keeps the last 10,000 entries', () =>
    inStore((store, sql) => {
      store.add(entry({ requestId: 'oldest' }));
      sql.exec(
        `INSERT INTO _audit_log (at, action, outcome, role, by, address, request_id)
         WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
         SELECT 1790000000000, 'undo', 'SUCCEEDED', 'operator', 'none', 'local', 'filler' FROM n`,
      );
      expect(requestIds(store).at(-1)).toBe('oldest');
      store.add(entry({ requestId: 'latest' }));
      const ids = requestIds(store);
      expect([ids.length, ids[0], ids.at(-1)]).toEqual([10_000, 'latest', 'filler']);
    }));

  it('keeps entries for 90 days', () =>
    inStore((store) => {
      store.add(entry({ requestId: 'old' }));
      store.add(entry({ requestId: 'in time', atMs: 1_790_000_000_000 + 90 * DAY_MS }));
      expect(requestIds(store)).toEqual(['in time', 'old']);
      store.add(entry({ requestId: 'late', atMs: 1_790_000_000_000 + 90 * DAY_MS + 1 }));
      expect(requestIds(store)).toEqual(['late', 'in time']);
    }));
});
