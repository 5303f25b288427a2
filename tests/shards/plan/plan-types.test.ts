/** What must not compile. `npm run check` compiles this file: an expected error that does not come is one. */
import { expect, it } from 'vitest';
import { exists, type Filter } from '../../../src/shards/plan/filter.ts';
import { matchOn, type OneNode, oneNode } from '../../../src/shards/plan/node.ts';
import { EVERYTHING, relatedRows, rowsOf, type Source } from '../../../src/shards/plan/source.ts';

const rows = rowsOf('Customer', { access: EVERYTHING });
const parts = { table: 'Customer', access: EVERYTHING, filter: null, search: null, computed: [] };

it('takes rows from rowsOf alone, which wants their access', () => {
  // @ts-expect-error: whose rows?
  const unsaid = rowsOf('Customer', {});
  // @ts-expect-error: a literal, whatever it says.
  const literal: Source = parts;
  // @ts-expect-error: the same for a node.
  const node: OneNode = { ...parts, ...matchOn(['id']), columns: ['id'], page: null, relations: [] };
  // @ts-expect-error: the same for related rows.
  const filter: Filter = { op: 'exists', related: { ...parts, from: ['id'], match: ['id'], through: null } };
  expect([unsaid, literal, node, filter]).toHaveLength(4);
});

it('keeps the access of rows in what is made of them', () => {
  const access: Filter = { op: 'isNull', column: 'id', isNull: false };
  const some = rowsOf('Customer', { access });
  expect(oneNode(some, { ...matchOn(['id']), columns: ['id'] }).access).toBe(access);
  expect(exists(relatedRows(some, ['id'], ['id']))).toMatchObject({ related: { access } });
  expect(oneNode(rows, { ...matchOn(['id']), columns: ['id'] }).access).toBe(EVERYTHING);
});
