import { describe, expect, it } from 'vitest';
import { problemsOf } from './checker.ts';
import { decodeHistory, encodeHistory, type Transaction } from './history.ts';

const at = (beganAt: number, changes: Partial<Transaction>): Transaction => ({
  ...{ beganAt, endedAt: beganAt + 5, outcome: 'ok', appends: [], lists: {}, accounts: null },
  ...changes,
});

const problems = (...transactions: Transaction[]) =>
  problemsOf(decodeHistory(encodeHistory({ total: 10, transactions })));

describe('the checker of histories', () => {
  it('finds nothing wrong with transactions one after another, and with those of a doubtful fate', () => {
    expect(
      problems(
        at(0, { appends: [['a', 1]], lists: { a: [1] } }),
        at(1, { appends: [['a', 2]], endedAt: null, outcome: 'unknown' }),
        at(2, { appends: [['a', 3]], endedAt: null, outcome: 'unknown' }),
        at(3, { appends: [['a', 4]], outcome: 'failed' }),
        at(90, { lists: { a: [1, 3] }, accounts: { x: 3, y: 7 } }),
      ),
    ).toEqual([]);
  });

  it.each<[string, RegExp, Transaction[]]>([
    ['a lost append', /lost/, [at(0, { appends: [['a', 1]] }), at(9, { lists: { a: [] } })]],
    ['an append made twice', /twice/, [at(0, { appends: [['a', 1]] }), at(9, { lists: { a: [1, 1] } })]],
    ['what nobody appended', /nobody/, [at(9, { lists: { a: [7] } })]],
    ['an aborted append', /failed/, [at(0, { appends: [['a', 1]], outcome: 'failed' }), at(9, { lists: { a: [1] } })]],
    [
      'half a transaction',
      /in part/,
      [
        at(0, {
          appends: [
            ['a', 1],
            ['b', 2],
          ],
          outcome: 'unknown',
          endedAt: null,
        }),
        at(9, { lists: { a: [1], b: [] } }),
      ],
    ],
    [
      'two orders',
      /two orders/,
      [
        at(0, { appends: [['a', 1]] }),
        at(0, { appends: [['a', 2]] }),
        at(9, { lists: { a: [1, 2] } }),
        at(9, { lists: { a: [2, 1] } }),
      ],
    ],
    [
      'a read of what a transaction had not finished',
      /No order/,
      [
        at(0, {
          appends: [
            ['a', 1],
            ['a', 2],
          ],
        }),
        at(1, { lists: { a: [1] } }),
        at(9, { lists: { a: [1, 2] } }),
      ],
    ],
    [
      'a stale read',
      /No order/,
      [at(0, { appends: [['a', 1]] }), at(9, { lists: { a: [] } }), at(20, { lists: { a: [1] } })],
    ],
    [
      'write skew',
      /No order/,
      [
        at(0, { appends: [['a', 1]], lists: { a: [1], b: [] } }),
        at(0, { appends: [['b', 2]], lists: { a: [], b: [2] } }),
        at(9, { lists: { a: [1], b: [2] } }),
      ],
    ],
    ['money that is made', /together/, [at(0, { accounts: { x: 4, y: 7 } })]],
    ['a debt', /overdrawn/, [at(0, { accounts: { x: -1, y: 11 } })]],
  ])('finds %s', (_, problem, transactions) => {
    expect(problems(...transactions).join(' ')).toMatch(problem);
  });
});
