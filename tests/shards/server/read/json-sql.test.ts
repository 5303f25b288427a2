import { expect, it } from 'vitest';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import type { JsonColumn } from '../../../../src/shards/plan/computed.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { checkSqlLimits } from '../../../support/sql-limits.ts';
import { inDatabase, plan } from './lab-database.ts';

const columnsAt = (column: string): JsonColumn[] =>
  (['type', 'text', 'number', 'boolean', 'hasText', 'hasNumber', 'hasBoolean'] as const).map((as) => ({
    kind: 'json',
    name: `#${as}`,
    column,
    path: 0,
    as,
    item: as.startsWith('has') ? 1 : null,
  }));

const nodeOf = (column: string, filter: Filter): PlanNode =>
  plan({
    table: 'Sample',
    columns: ['accountId', 'id'],
    computed: columnsAt(column),
    filter,
    page: {
      orderBy: ['accountId', 'id'].map((name) => ({ column: name, descending: false, nullsFirst: true })),
      after: null,
      before: null,
      fromEnd: false,
      limit: 2,
      offset: null,
      rows: true,
      probeOtherSide: false,
      totalCount: false,
    },
  });

const filters: readonly Filter[] = [
  { op: 'eq', column: '#text', value: 1 },
  { op: 'ilike', column: '#text', value: 1 },
  { op: 'or', terms: ['#text', '#hasText'].map((column) => ({ op: 'isNull', column, isNull: false })) },
];

it('that holds no valid JSON has nothing at any path, and fails no query', async () => {
  await inDatabase(model, bundle, (database) => {
    database.insert('Account', [{ id: 'a', name: 'A' }]);
    const moment = '2026-01-01T00:00:00.000Z';
    const row = { accountId: 'a', textValue: 't', moment, updatedAt: moment, seconds: 0, bytes: '' };
    const documents = ['{"a":"x"}', '{"a":', '\u{1F600}', '', '{a:"x"}', '1e', '[[[['];
    database.insert(
      'Sample',
      documents.map((text, at) => ({ ...row, id: String(at), wide: String(at), blobJson: text, json: text })),
    );
    database.sql.exec("UPDATE samples SET blob_json = x'ff00' WHERE id = '3'");
    const ids = (column: string, filter: Filter) => {
      const [answer] = database.run(nodeOf(column, filter), { values: ['["a"]', 'x', 100] });
      return (answer as PageAnswer).rows.map(([, id]) => id);
    };
    for (const column of ['json', 'blobJson']) {
      for (const filter of filters) expect(ids(column, filter)).toEqual(['0']);
      const without: Filter = { op: 'isNull', column: '#type', isNull: true };
      expect(ids(column, without)).toEqual(['1', '2', '3', '4', '5', '6']);
    }
  });
});

it('is asked within the limits of SQL, and its paths are parameters', async () => {
  await inDatabase(model, bundle, (database) => {
    for (const column of ['json', 'jsonOrNull', 'blobJson']) {
      for (const filter of filters) {
        const call = { values: [`["'; DROP"]`, 'x', 100] };
        const statements = database.explain(nodeOf(column, filter), call).map(({ sql }) => sql);
        expect(statements.length).toBeGreaterThan(0);
        expect(statements.flatMap((sql) => checkSqlLimits(sql))).toEqual([]);
        expect(statements.join()).not.toContain('DROP');
      }
    }
  });
});

it('holds numbers as JavaScript has them, beyond 2^53 too', async () => {
  await inDatabase(model, bundle, (database) => {
    database.insert('Account', [{ id: 'a', name: 'A' }]);
    const moment = '2026-01-01T00:00:00.000Z';
    const row = { accountId: 'a', textValue: 't', moment, updatedAt: moment, seconds: 0, bytes: '' };
    const numbers = [2 ** 53, 2 ** 60, 2 ** 63, -(2 ** 60), 1e21, 0.1, 5e-324, Number.MAX_VALUE, -1e300];
    database.insert(
      'Sample',
      numbers.map((number, at) => ({
        ...row,
        id: String(at),
        wide: String(at),
        json: JSON.stringify({ a: [number] }),
      })),
    );
    for (const [at, number] of numbers.entries()) {
      const filters: Filter[] = [
        { op: 'in', column: '#number', list: 3 },
        { op: 'eq', column: '#number', value: 1 },
        { op: 'eq', column: '#hasNumber', value: 4 },
      ];
      const paths = ['["a",0]', '["a",0]', '["a"]'];
      for (const [index, filter] of filters.entries()) {
        const [answer] = database.run(nodeOf('json', filter), { values: [paths[index]!, number, 100, [number], 1] });
        expect((answer as PageAnswer).rows.map(([, id]) => id)).toEqual([String(at)]);
      }
    }
  });
});
