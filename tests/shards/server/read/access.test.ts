/** The access rule of each source of rows takes effect, wherever the source stands in a plan. */

import { expect, it } from 'vitest';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import { exists, type Filter } from '../../../../src/shards/plan/filter.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import type { Access } from '../../../../src/shards/plan/source.ts';
import type { PlanValue } from '../../../../src/shards/plan/value.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import library from '../../../models/library.ts';
import { migrationsOf } from '../../../support/create-tables.ts';
import { joinOf, type NodeDraft, nodeOf, relatedOf } from '../../../support/plans.ts';
import { inDatabase, type LabDatabase } from './lab-database.ts';

const ASCENDING = { descending: false, nullsFirst: true };
const page = firstRows(
  [
    { column: 'accountId', ...ASCENDING },
    { column: 'id', ...ASCENDING },
  ],
  0,
);
/** Values: a limit, and what the rules below name. */
const VALUES: readonly PlanValue[] = [10, 's1', 1, 'ÄRGER'];
const is = (column: string, value: number): Filter => ({ op: 'eq', column, value });

function fill(database: LabDatabase): void {
  database.insert('Account', [
    { id: 'a', name: 'A' },
    { id: 'other', name: 'B' },
  ]);
  const row = (id: string | number) => ({ accountId: 'a', id, name: id });
  database.insert('Series', [
    { ...row('s1'), title: 'Ärger' },
    { ...row('s2'), title: 'Zwei' },
  ]);
  database.insert('Category', [
    { ...row(1), parentId: null },
    { ...row(2), parentId: 1 },
    { ...row(3), parentId: 1 },
  ]);
  const pairs = [
    ['s1', 1],
    ['s2', 1],
    ['s2', 2],
  ] as const;
  database.insert(
    'SeriesCategory',
    pairs.map(([seriesId, categoryId], position) => ({
      accountId: 'a',
      seriesId: seriesId!,
      categoryId: categoryId!,
      position,
    })),
  );
}

const SERIES = { table: 'Series', match: ['accountId'], columns: ['id'], page };
const CATEGORIES = { table: 'Category', match: ['accountId'], columns: ['id'], page };
const children = (access: Access) =>
  relatedOf({ table: 'Category', from: ['accountId', 'id'], match: ['accountId', 'parentId'], access });
const links = (access: Access) =>
  joinOf({ table: 'SeriesCategory', from: ['accountId', 'categoryId'], to: ['accountId', 'seriesId'], access });
const seriesOf = (access: Access) =>
  relatedOf({ table: 'Series', from: ['accountId', 'id'], match: ['accountId', 'id'], through: links(access) });
const computed = (fn: 'count' | 'max', related: ReturnType<typeof children>, column: string | null) =>
  ({ kind: 'aggregate', name: '#a', related, function: fn, column }) as const;

async function answersOf(node: PlanNode, key: readonly (string | number)[] = ['a']): Promise<unknown[]> {
  return await inDatabase(model, bundle, (database) => {
    fill(database);
    return database.run(node, { values: VALUES, keys: [key] });
  });
}

const rowsOf = async (draft: NodeDraft, key?: readonly (string | number)[]) => {
  const [answer] = await answersOf(nodeOf(draft), key);
  return (answer as PageAnswer).rows;
};

it('holds for the rows of a node, whatever its filter is', async () => {
  expect(await rowsOf(SERIES)).toEqual([['s1'], ['s2']]);
  expect(await rowsOf({ ...SERIES, access: is('id', 1) })).toEqual([['s1']]);
  const either: Filter = { op: 'or', terms: [] };
  expect(await rowsOf({ ...SERIES, access: is('id', 1), filter: { op: 'not', term: either } })).toEqual([['s1']]);
  expect(await rowsOf({ ...SERIES, access: either })).toEqual([]);
});

it('holds for a row by key, and for rows of all shard keys', async () => {
  const one = { table: 'Series', match: ['accountId', 'id'], columns: ['id'] };
  expect(await answersOf(nodeOf({ ...one, access: is('id', 1) }), ['a', 's1'])).toEqual([['s1']]);
  expect(await answersOf(nodeOf({ ...one, access: is('id', 1) }), ['a', 's2'])).toEqual([null]);
  expect(await rowsOf({ ...SERIES, match: [], access: is('id', 1) }, [])).toEqual([['s1']]);
});

// SQLite reduces `… AND 0` to `0` as it parses it: nothing is left then that a partial index could be used for.
it('holds for a row that a partial index finds, where it is false', async () => {
  const none: Filter = { op: 'or', terms: [] };
  const bySlug = { table: 'Thread', match: ['tenantId', 'slug'], columns: ['id'], hiddenBy: 'deletedAt' };
  const answersOf = (draft: Partial<NodeDraft>) =>
    inDatabase(library, migrationsOf(library), (database) => {
      database.insert('Thread', [{ tenantId: 't', id: 'a', authorId: 'me', slug: 'hello', topic: 'Hello' }]);
      return database.run(nodeOf({ ...bySlug, ...draft }), { values: [], keys: [['t', 'hello']] });
    });
  expect(await answersOf({})).toEqual([['a']]);
  expect(await answersOf({ access: none })).toEqual([null]);
  expect(await answersOf({ filter: { op: 'and', terms: [none, none] } })).toEqual([null]);
});

it('holds for totals, aggregates and groups', async () => {
  const counted = { ...page, rows: false, totalCount: true };
  const aggregate = [{ op: 'max', column: 'id' }] as const;
  const groups = [{ keys: [{ column: 'id', trunc: null, timeZone: null }], measures: [] }];
  const [answer] = await answersOf(nodeOf({ ...SERIES, access: is('id', 1), page: { ...counted, aggregate, groups } }));
  expect(answer).toMatchObject({ total: 1, aggregate: [1, 's1'], groups: [[{ keys: ['s1'], measures: [1] }]] });
});

it('holds for the rows that a filter asks for', async () => {
  const none: Filter = { op: 'or', terms: [] };
  expect(await rowsOf({ ...CATEGORIES, filter: exists(children(null)) })).toEqual([[1]]);
  expect(await rowsOf({ ...CATEGORIES, filter: exists(children(none)) })).toEqual([]);
  // A rule that looks at related rows itself, which have a rule of their own.
  expect(await rowsOf({ ...CATEGORIES, access: exists(children(is('id', 2))) })).toEqual([]);
  expect(await rowsOf({ ...CATEGORIES, access: exists(children(null)) })).toEqual([[1]]);
});

it('holds for related rows that columns are computed from', async () => {
  const some: Filter = { op: 'not', term: is('id', 2) };
  const count = (access: Access) => ({ columns: ['id', '#a'], computed: [computed('count', children(access), null)] });
  expect(await rowsOf({ ...CATEGORIES, ...count(null) })).toEqual([
    [1, 2],
    [2, 0],
    [3, 0],
  ]);
  expect(await rowsOf({ ...CATEGORIES, ...count(is('id', 2)) })).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  const parent = relatedOf({
    table: 'Category',
    from: ['accountId', 'parentId'],
    match: ['accountId', 'id'],
    access: some,
  });
  const ofParent = { kind: 'related', name: '#p', related: parent, column: 'id' } as const;
  expect(await rowsOf({ ...CATEGORIES, columns: ['id', '#p'], computed: [ofParent] })).toEqual([
    [1, null],
    [2, null],
    [3, null],
  ]);
});

it('holds for join rows, on the way of a node and of related rows', async () => {
  const through = (access: Access) => ({ ...SERIES, match: ['accountId', 'id'], through: links(access) });
  expect(await rowsOf(through(null), ['a', 1])).toEqual([['s1'], ['s2']]);
  expect(await rowsOf(through(is('seriesId', 1)), ['a', 1])).toEqual([['s1']]);
  expect(await rowsOf({ ...CATEGORIES, filter: exists(seriesOf(null)) })).toEqual([[1], [2]]);
  expect(await rowsOf({ ...CATEGORIES, filter: exists(seriesOf(is('seriesId', 1))) })).toEqual([[1]]);
  expect(
    await rowsOf({
      ...CATEGORIES,
      columns: ['id', '#a'],
      computed: [computed('count', seriesOf(is('seriesId', 1)), null)],
    }),
  ).toEqual([
    [1, 1],
    [2, 0],
    [3, 0],
  ]);
});

it('may compare texts as only JavaScript does', async () => {
  const contains: Filter = { op: 'icontains', column: 'title', value: 3 };
  expect(await rowsOf({ ...SERIES, access: contains })).toEqual([['s1']]);
  expect(await rowsOf({ ...CATEGORIES, filter: exists({ ...seriesOf(null), access: contains }) })).toEqual([[1]]);
});

it('holds for the rows of relations', async () => {
  const below = nodeOf({ ...CATEGORIES, match: ['accountId', 'parentId'], access: is('id', 2) });
  const root = {
    ...CATEGORIES,
    columns: ['accountId', 'id'],
    relations: [{ key: 'c', from: ['accountId', 'id'], node: below }],
  };
  const rows = await rowsOf(root);
  expect(rows.flatMap((row) => (row[2] as PageAnswer).rows)).toEqual([]);
});
