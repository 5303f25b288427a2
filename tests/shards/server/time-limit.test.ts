import { expect, it } from 'vitest';
import type { RowOperation } from '../../../src/shards/operation.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { DEVELOPER, PROTOCOL } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText } from '../../../src/shards/protocol/json-text.ts';
import { answerReads } from '../../../src/shards/server/answer-reads.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { TimeLimit } from '../../../src/shards/sql/time-limit.ts';
import { nodeOf } from '../../support/plans.ts';
import { inShop, succeed } from './commit/commit-lab.ts';

/** A clock that goes on by a millisecond whenever somebody looks: between statements. */
function tickingClock() {
  let nowMs = Date.now();
  return () => nowMs++;
}

/** What a shard allows for clocks that differ. */
const UNCERTAINTY_MS = 500;
const ROWS = 300;
const TENANT = { id: 't1', name: 'One', plan: 'free', settings: '{}', createdAt: 0 };

const tenant: RowOperation = { kind: 'create', table: 'Tenant', values: TENANT, select: null };
const customers = Array.from(
  { length: ROWS },
  (_, n): RowOperation => ({
    kind: 'create',
    table: 'Customer',
    values: { tenantId: 't1', id: `c${n}`, email: `c${n}@x.org`, name: `C ${n}`, attributes: '{}', createdAt: 0 },
    select: null,
  }),
);

it('a write whose time is over ends between two statements, with nothing done, and so does a repeat of it', () => {
  const wallClock = tickingClock();
  return inShop((shard) => {
    succeed(shard, tenant);
    const state = () => [
      shard.rows('SELECT * FROM _log'),
      shard.rows('SELECT * FROM customers'),
      shard.state.clock.last,
    ];
    const before = state();
    const request = { operationId: 'late', expiresAtMs: wallClock() - UNCERTAINTY_MS + 100 };
    const late = shard.write('t:t1', customers, request);
    expect(late).toMatchObject({
      status: 'FAILED',
      error: { code: 'DEADLINE_EXCEEDED', details: { retryable: true } },
    });
    expect(late.counts.statements).toBeLessThan(150);
    expect(state()).toEqual(before);
    expect(shard.write('t:t1', customers, { operationId: 'late' })).toMatchObject({ status: 'FAILED' });
    expect(state()).toEqual(before);

    const expiresAtMs = wallClock() + 60_000;
    expect(shard.write('t:t1', customers, { expiresAtMs })).toMatchObject({ status: 'OK' });
    expect(shard.value('SELECT count(*) FROM customers')).toBe(ROWS);
  }, wallClock);
});

it('an import, whose rows fail alone, writes none of them once its time is over', () => {
  const wallClock = tickingClock();
  return inShop((shard) => {
    succeed(shard, tenant);
    const rows = Array.from({ length: ROWS }, (_, n) => ['t1', `c${n}`, `c${n}@x.org`, `C ${n}`, '{}', 0]);
    const columns = ['tenantId', 'id', 'email', 'name', 'attributes', 'createdAt'];
    const expiresAtMs = wallClock() - UNCERTAINTY_MS + 6;
    expect(shard.import('Customer', columns, rows, { expiresAtMs })).toMatchObject({
      status: 'FAILED',
      error: { code: 'DEADLINE_EXCEEDED' },
    });
    expect(shard.value('SELECT count(*) FROM customers')).toBe(0);
    expect(shard.import('Customer', columns, rows)).toMatchObject({ inserted: ROWS });
  }, wallClock);
});

it('of several reads, those that come too late fail alone', () => {
  const wallClock = tickingClock();
  return inShop((shard) => {
    succeed(shard, tenant);
    const { text } = compilePlan(nodeOf({ table: 'Tenant', match: ['id'], columns: ['id'] }));
    const call = { plan: text, values: [], keys: [['t1']], shardKeys: null };
    const calls = Array.from({ length: 9 }, (_, n) => ({ ...call, values: [n] }));
    const expiresAtMs = wallClock() - UNCERTAINTY_MS + 5;
    const request = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, calls, expiresAtMs };
    const { outcomes } = fromJsonText(answerReads(shard.state, new SqlSession(shard.sql), request));
    const isLate = outcomes.map((outcome) => 'error' in outcome && outcome.error.code === 'DEADLINE_EXCEEDED');
    expect(isLate.slice(0, 3)).toEqual([false, false, false]);
    expect(isLate.slice(-3)).toEqual([true, true, true]);
  }, wallClock);
});

it('where the clock stands still, what has been done tells the time that it took at the least', () => {
  const limit = new TimeLimit(10, () => 0);
  const done = { statements: 0, rowsRead: 0, rowsWritten: 0 };
  expect(limit.isOver({ ...done, statements: 4_000, rowsRead: 50_000 })).toBe(false);
  expect(limit.isOver({ ...done, statements: 6_000 })).toBe(true);
  expect(limit.isOver({ ...done, rowsRead: 1_000_000 })).toBe(true);
  expect(limit.isOver({ ...done, rowsWritten: 30_000 })).toBe(true);
});
