import { describe, expect, it } from 'vitest';
import type { Grouping, Measure } from '../../../../src/shards/plan/aggregate.ts';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { inDatabase, type LabDatabase, plan } from './lab-database.ts';

const pageOf = (parts: Pick<PageShape, 'aggregate' | 'groups'>): PageShape => ({
  orderBy: [],
  after: null,
  before: null,
  fromEnd: false,
  limit: 0,
  offset: null,
  rows: false,
  probeOtherSide: false,
  totalCount: false,
  ...parts,
});

const by = (column: string, ...measures: Measure[]): Grouping => ({
  keys: [{ column, trunc: null, timeZone: null }],
  measures,
});

/** `count` devices with the greatest serial there is, in eleven hubs. */
const addDevices = ({ sql }: LabDatabase, count: number) =>
  sql.exec(
    `INSERT INTO devices (id, hub_id, serial, name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) SELECT i, i % 11, 9223372036854775807, 'device ' || i FROM n`,
  );

const ask = (database: LabDatabase, parts: Pick<PageShape, 'aggregate' | 'groups'>) =>
  (database.run(plan({ table: 'Device', columns: ['id'], page: pageOf(parts) }), { values: [0] }) as PageAnswer[])[0]!;

const addSamples = (database: LabDatabase, rows: readonly Record<string, string | number>[]) =>
  database.insert(
    'Sample',
    rows.map((row, at) => ({
      accountId: 'a',
      id: `${at}`,
      textValue: '',
      bytes: '',
      seconds: 0,
      wide: `${at}`,
      moment: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      ...row,
    })),
  );

describe('bounds of aggregates', () => {
  it('let 10,000 groups and distinct values pass, and tell that there are more', async () => {
    const aggregate: Measure[] = [
      { op: 'distinctValues', column: 'name' },
      { op: 'countDistinct', column: 'name' },
      { op: 'sum', column: 'serial' },
    ];
    await inDatabase(model, bundle, (database) => {
      addDevices(database, 10_000);
      const full = ask(database, { aggregate, groups: [by('name')] });
      expect(full.groups![0]).toHaveLength(10_000);
      expect(full.aggregate![1]).toHaveLength(10_000);
    });
    await inDatabase(model, bundle, (database) => {
      addDevices(database, 10_001);
      const { aggregate: row, groups } = ask(database, { aggregate, groups: [by('name', aggregate[0]!), by('hubId')] });
      expect(groups).toEqual([null, expect.any(Array)]);
      expect(groups![1]).toHaveLength(11);
      // 10,001 times 2^63 - 1: far beyond 64 bits.
      expect(row).toEqual([10_001, null, 10_001, String(10_001n * (2n ** 63n - 1n))]);
    });
  });

  it('refuse answers of too many groups in all', async () => {
    await inDatabase(model, bundle, (database) => {
      addDevices(database, 109_000);
      const node = plan({ table: 'Device', columns: ['id'], match: ['hubId'], page: pageOf({ groups: [by('name')] }) });
      const run = (hubs: number) =>
        database.run(node, { values: [0], keys: Array.from({ length: hubs }, (_, hub) => [hub]) });
      expect(run(3)).toHaveLength(3);
      expect(() => run(11)).toThrow(/^Expected at most 100,000 rows and groups in one answer/);
    });
  });

  it('refuse time zones over too many years, and only where the zone matters', async () => {
    await inDatabase(model, bundle, (database) => {
      addSamples(
        database,
        Array.from({ length: 600 }, (_, n) => ({ moment: `${1500 + 2 * n}-06-01T00:00:00.000Z` })),
      );
      const run = (timeZone: number | null) => {
        const grouping: Grouping = { keys: [{ column: 'moment', trunc: 'YEAR', timeZone }], measures: [] };
        const node = plan({ table: 'Sample', columns: ['id'], page: pageOf({ groups: [grouping] }) });
        return (database.run(node, { values: [0, 'Europe/Berlin'] }) as PageAnswer[])[0]!.groups![0];
      };
      expect(run(null)).toHaveLength(600);
      expect(() => run(1)).toThrow(/^Expected rows of at most 500 different years to group in a time zone/);
    });
  });
});

describe('sums', () => {
  it('of decimals keep every digit, however far apart they lie', async () => {
    await inDatabase(model, bundle, (database) => {
      const decimals = [
        '123456789012345',
        '0.000001',
        '-123456789012344',
        `1${'0'.repeat(300)}`,
        `0.${'0'.repeat(290)}17`,
      ];
      addSamples(
        database,
        decimals.map((decimal) => ({ decimal })),
      );
      const node = plan({
        table: 'Sample',
        columns: ['id'],
        page: pageOf({ aggregate: [{ op: 'sum', column: 'decimal' }] }),
      });
      const [answer] = database.run(node, { values: [0] }) as PageAnswer[];
      expect(answer!.aggregate).toEqual([5, `1${'0'.repeat(299)}1.000001${'0'.repeat(284)}17`]);
    });
  });

  it.each([
    ['beyond the range of doubles', [1.7e308, 1.7e308], 'overflow'],
    ['of tiny and great numbers', [1e16, 1, 1, -1e8], 1e16 + 2 - 1e8],
  ])('of doubles %s', async (_, values, sum) => {
    await inDatabase(model, bundle, (database) => {
      addSamples(
        database,
        values.map((realValue) => ({ realValue })),
      );
      const node = plan({
        table: 'Sample',
        columns: ['id'],
        page: pageOf({ aggregate: [{ op: 'sum', column: 'realValue' }] }),
      });
      expect((database.run(node, { values: [0] }) as PageAnswer[])[0]!.aggregate).toEqual([values.length, sum]);
    });
  });
});
