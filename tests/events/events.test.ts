import { afterEach, describe, expect, it, vi } from 'vitest';
import { Counter } from '../../src/events/counter.ts';
import { EventCounters } from '../../src/events/counters.ts';
import { createReport, report } from '../../src/events/report.ts';
import { sumOf } from '../support/events/sum-of.ts';

const logged = (level: 'warn' | 'error') => vi.spyOn(console, level).mockImplementation(() => {});
const HIT = { type: 'cache-answer', outcome: 'hit', layer: 'memory', table: 'Order' } as const;

afterEach(() => void vi.restoreAllMocks());

describe('reporting', () => {
  it('hands an event to every sink, and never throws', () => {
    const seen: string[] = [];
    const failing = () => {
      throw new Error('a bug');
    };
    createReport(failing, ({ type }) => void seen.push(type), failing)(HIT);
    expect(seen).toEqual(['cache-answer']);
  });

  it.each([
    ['a value that has no text', Object.create(null)],
    ['an error whose stack cannot be read', Object.defineProperty(new Error('x'), 'stack', { get: () => fail() })],
    ['an error that is one of its own parts', withItself(new AggregateError([], 'x'))],
  ])('logs %s, though it cannot be described', (_name, error) => {
    const log = logged('error');
    for (const asText of [undefined, true] as const) {
      report({ type: 'request-failed', requestId: 'r', error, ...(asText && { asText }) });
    }
    expect(log).toHaveBeenCalledTimes(2);
    for (const [line] of log.mock.calls) expect(line).toContain('request');
  });
});

describe('the log', () => {
  it('has one line of JSON per event, at its level, with what was thrown and why', () => {
    const log = logged('warn');
    report({
      type: 'publish-not-requested',
      shard: 'shard-1',
      error: new Error('outer', { cause: new TypeError('inner') }),
    });
    expect(log).toHaveBeenCalledOnce();
    const line = JSON.parse(log.mock.calls[0]![0] as string);
    expect(line).toMatchObject({ level: 'warn', event: 'publish-not-requested', shard: 'shard-1' });
    expect(line.error).toMatch(/^Error: outer\n[\s\S]*\ncaused by: TypeError: inner\n/);
  });

  it('says in words what a database without room throws, wherever it is quoted', () => {
    const log = logged('error');
    const full = new Error('database or disk is full: SQLITE_FULL');
    for (const error of [full, full.message, new Error('A task has failed.', { cause: full })]) {
      report({ type: 'task-failed', task: 'restore', error });
    }
    expect(log).toHaveBeenCalledTimes(3);
    for (const [line] of log.mock.calls) {
      expect(line).toContain('Expected a database with room, but got one at the limit of the platform.');
      expect(line).not.toMatch(/SQLITE_|disk is full/);
    }
  });

  it('leaves out what is only counted', () => {
    const logs = [logged('warn'), logged('error')];
    const counters = new EventCounters();
    createReport(counters.count)(HIT);
    for (const log of logs) expect(log).not.toHaveBeenCalled();
    expect(sumOf(counters.cacheAnswers, { event: 'hit' })).toBe(1);
  });
});

describe('counters', () => {
  it('tell combinations of labels apart, whatever characters they hold', () => {
    const counter = new Counter('a', 'b');
    for (const values of [
      ['x y', 'z'],
      ['x', 'y z'],
      ['x y', 'z'],
    ] as const)
      counter.add(values);
    expect(counter.samples).toEqual([
      { labels: { a: 'x y', b: 'z' }, count: 2 },
      { labels: { a: 'x', b: 'y z' }, count: 1 },
    ]);
  });

  it('show operations on KV from zero on', () => {
    const { cacheKvOperations } = new EventCounters();
    expect(cacheKvOperations.samples.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
  });
});

function fail(): never {
  throw new Error('no stack');
}

function withItself(error: AggregateError): AggregateError {
  error.errors.push(error);
  return error;
}
