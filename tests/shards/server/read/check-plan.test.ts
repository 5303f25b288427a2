import { describe, expect, it } from 'vitest';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import type { ComputedColumn } from '../../../../src/shards/plan/computed.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { ReadCall } from '../../../../src/shards/plan/read.ts';
import { checkShape } from '../../../../src/shards/server/commit/operations.ts';
import { checkCall, checkPlan } from '../../../../src/shards/server/read/compile/check-plan.ts';
import type { Check } from '../../../../src/shards/server/shape-check.ts';
import { joinOf, nodeOf, relatedOf } from '../../../support/plans.ts';

const related = relatedOf({
  table: 'Order',
  from: ['id'],
  match: ['customerId'],
  through: joinOf({ table: 'Link', from: ['a'], to: ['b'] }),
  filter: { op: 'eq', column: 'status', value: 0 },
  computed: [{ kind: 'rank', name: '#rank' }],
});

const filter: Filter = {
  op: 'and',
  terms: [
    { op: 'or', terms: [{ op: 'not', term: { op: 'isTrue', term: { op: 'exists', related } } }] },
    { op: 'inKeys', columns: ['id'], list: 0 },
    { op: 'icontains', column: 'name', value: 0 },
    { op: 'notIn', column: 'name', list: 0 },
    { op: 'between', column: 'name', low: 0, high: 1 },
    { op: 'isNull', column: 'name', isNull: true },
  ],
};

const computed: readonly ComputedColumn[] = [
  { kind: 'related', name: '#a', related, column: 'name' },
  { kind: 'aggregate', name: '#b', related, function: 'sum', column: 'totalCents' },
  { kind: 'json', name: '#c', column: 'settings', path: 0, as: 'hasText', item: 1 },
  { kind: 'highlights', name: '#highlights' },
];

/** Every kind of thing that a plan is made of. */
const PLAN = nodeOf({
  table: 'Customer',
  match: ['tenantId'],
  through: joinOf({ table: 'Link', from: ['a'], to: ['b'] }),
  computed,
  columns: ['id'],
  filter,
  search: { query: 0, columns: ['name'] },
  page: {
    orderBy: [{ column: 'id', descending: false, nullsFirst: true }],
    after: [0, null],
    before: null,
    fromEnd: false,
    limit: 0,
    offset: null,
    rows: true,
    probeOtherSide: false,
    totalCount: true,
    aggregate: [{ op: 'countDistinct', column: 'name' }],
    groups: [
      { keys: [{ column: 'createdAt', trunc: 'DAY', timeZone: 0 }], measures: [{ op: 'sum', column: 'totalCents' }] },
    ],
  },
  relations: [
    {
      key: 'orders',
      from: ['id'],
      node: nodeOf({ table: 'Order', match: ['customerId'] }),
    },
  ],
});

const CALL: ReadCall = { plan: '{}', values: [{} as never], keys: [['x']], shardKeys: null, cacheable: true };

const KEY = { columns: ['id'], values: ['x'] };
const SELECT = { plan: '{}', values: [] };
const REFERENCE = { operation: 0, column: 'id' };
const OPERATIONS: readonly RowOperation[] = [
  { kind: 'create', table: 'Order', values: { one: REFERENCE, any: 1 }, select: SELECT },
  {
    kind: 'update',
    table: 'Order',
    key: { ...KEY, values: [REFERENCE] },
    set: { any: 1 },
    within: null,
    atomic: {
      one: [
        { kind: 'increment', value: 1 },
        { kind: 'unsetJson', path: [] },
        { kind: 'setJson', path: [], value: '' },
      ],
      any: [{ kind: 'min', value: 1 }],
    },
    expectedVersion: null,
    select: SELECT,
  },
  {
    kind: 'upsert',
    table: 'Order',
    key: KEY,
    within: null,
    expectedVersion: 1,
    create: { one: REFERENCE, any: 1 },
    set: { one: REFERENCE, any: 1 },
    atomic: { any: [] },
    select: SELECT,
  },
  {
    kind: 'find',
    table: 'Order',
    key: null,
    within: { any: 1 },
    expectedVersion: null,
    required: true,
    when: { operation: 0, found: true },
  },
  { kind: 'unlink', table: 'Order', match: { one: REFERENCE, any: 1 }, keep: [0], set: { any: 1 }, required: true },
  { kind: 'delete', table: 'Order', key: KEY, within: { one: REFERENCE, any: 1 }, expectedVersion: 1, select: null },
];

type Json = { [name: string]: unknown };

/** Copies with one change each: at every object, wherever it lies, what `change` makes of it. */
function changed(value: unknown, change: (at: Json) => readonly Json[]): unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => changed(item, change).map((other) => value.with(index, other)));
  }
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, member]) =>
    changed(member, change).map((other) => ({ ...value, [name]: other })),
  );
  return [...inside, ...change(value as Json)];
}

/** What a member's value decides about the rest of its object. */
const TAGS = ['op', 'kind', 'function', 'as', 'trunc'];

const withAMemberMore = (value: unknown) => changed(value, (at) => [{ ...at, surprise: null }]);
const withAnotherKind = (value: unknown) =>
  changed(value, (at) =>
    TAGS.filter((tag) => typeof at[tag] === 'string').map((tag) => ({ ...at, [tag]: 'surprise' })),
  );
/** Names that objects inherit are no members. */
const withAnInheritedKind = (value: unknown) =>
  changed(value, (at) =>
    TAGS.filter((tag) => typeof at[tag] === 'string').map((tag) => ({ ...at, [tag]: 'constructor' })),
  );

function outcome(check: Check, value: unknown): string {
  try {
    check(value);
    return 'taken';
  } catch (error) {
    if (!(error instanceof ShardQLError)) throw error;
    return `${error.code}${error.details.retryable ? ', to be tried again' : ''}`;
  }
}

describe.each<[string, Check, readonly unknown[], number]>([
  ['a plan', checkPlan as Check, [PLAN], 30],
  ['a write', checkShape, OPERATIONS, 5],
])('%s', (_, check, values, least) => {
  it('of this release is taken', () => {
    for (const value of values) expect(outcome(check, value)).toBe('taken');
  });

  it.each([
    ['with a member more', withAMemberMore],
    ['with a kind more', withAnotherKind],
    ['with a kind that objects inherit', withAnInheritedKind],
  ])('of a newer release, %s anywhere, is refused to be tried again', (_, newer) => {
    // Column values have names of their own.
    const all = values.flatMap(newer).filter((value) => !/"any":(1|\[[^\]]*\]),"surprise"/.test(JSON.stringify(value)));
    expect(all.length).toBeGreaterThanOrEqual(newer === withAMemberMore ? least : values.length);
    for (const value of all) {
      expect([JSON.stringify(value), outcome(check, value)]).toEqual([
        JSON.stringify(value),
        'SHARD_UNAVAILABLE, to be tried again',
      ]);
    }
  });
});

it('a plan of an older release, which knows fewer members, is taken', () => {
  const { search, ...older } = PLAN;
  expect(search).toBeDefined();
  expect(outcome(checkPlan as Check, older)).toBe('taken');
});

it('a plan that does not say which rows its reader may see is refused', () => {
  const { access, ...unsaid } = PLAN;
  expect(access).toBeNull();
  expect(outcome(checkPlan as Check, unsaid)).toBe('SHARD_UNAVAILABLE, to be tried again');
});

it('a call of a newer release is refused, whatever its values are', () => {
  expect(outcome(checkCall, CALL)).toBe('taken');
  expect(outcome(checkCall, { ...CALL, surprise: true })).toBe('SHARD_UNAVAILABLE, to be tried again');
});
