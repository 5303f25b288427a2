import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, WireValue } from '../../../../src/model/types.ts';
import { answerMerger } from '../../../../src/shards/merging/merge-answers.ts';
import { withDistinctValues } from '../../../../src/shards/merging/merge-groups.ts';
import { DATE_TRUNCS, type Grouping, type GroupKey, type Measure } from '../../../../src/shards/plan/aggregate.ts';
import type { MeasureRow, PageAnswer } from '../../../../src/shards/plan/answer.ts';
import { compilePlan } from '../../../../src/shards/plan/compiled-plan.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { checkSqlLimits } from '../../../support/sql-limits.ts';
import { rowOf } from './arbitraries.ts';
import { inDatabase, plan, type WireRow } from './lab-database.ts';
import { naiveMeasure, naivePeriod } from './naive-grouping.ts';

const runs = propertyRuns(150);
const { seed } = runs;
const ACCOUNTS = ['a', 'b', 'é\0'];
const table = model.table('Sample');
const columnOf = (name: string) => table.columnByName.get(name)!;
const MEASURABLE = table.columns.filter(({ scalar }) => scalar !== 'JSON');
const isNumeric = ({ scalar }: ColumnModel) => ['Int', 'Float', 'BigInt', 'Decimal'].includes(scalar);

/** Changes of offsets: usual ones, at midnight (gap and repetition), of half an hour, just after midnight, a lost day. */
const EDGES = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2018-11-04T03:00:00Z',
  '2026-11-01T05:00:00Z',
  '2026-04-04T15:00:00Z',
  '2006-10-29T02:31:00Z',
  '2011-12-30T10:00:00Z',
  '2025-02-23T02:00:00Z',
].map(Date.parse);
const ZONES = [
  ...['Europe/Berlin', 'America/Sao_Paulo', 'America/Havana', 'Australia/Lord_Howe', 'America/St_Johns'],
  ...['Pacific/Apia', 'Asia/Kolkata', 'Asia/Kathmandu', 'Africa/Casablanca', 'America/New_York'],
];

const seconds = fc.oneof(
  fc.tuple(fc.constantFrom(...EDGES), fc.integer({ min: -7200, max: 7200 })).map(([ms, by]) => ms / 1000 + by),
  fc.integer({ min: Date.UTC(1972, 0, 1) / 1000, max: Date.UTC(2099, 0, 1) / 1000 }),
);
const milliseconds = fc.tuple(seconds, fc.constantFrom(0, 1, 999)).map(([second, part]) => second * 1000 + part);
const iso = milliseconds.map((ms) => new Date(ms).toISOString());
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
const DATES: Readonly<Record<string, fc.Arbitrary<WireValue>>> = {
  seconds,
  secondsOrNull: orNull(seconds),
  milliseconds,
  millisecondsOrNull: orNull(milliseconds),
  moment: iso,
  momentOrNull: orNull(iso),
  updatedAt: iso,
};

function randomRows(count: number): WireRow[] {
  const drawn = fc.sample(
    rowOf(table, { ...DATES, accountId: fc.constantFrom(...ACCOUNTS), id: fc.nat(10_000).map(String) }),
    { seed, numRuns: count },
  );
  // Unique: the primary key, and `wide` with `levelOrNull` per account.
  const rows = drawn.map((row, at) => ({
    ...row,
    id: `${row.id}-${at}`,
    levelOrNull: at % 5 === 0 ? row.levelOrNull! : null,
    realValue: Math.max(row.realValue as number, -1e8),
    upper: String(row.textValue).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
    integerValue: Math.trunc((row.integerValue as number) / 4),
    doubled: Math.trunc((row.integerValue as number) / 4) * 2,
  }));
  const keyOf = (row: WireRow) => JSON.stringify([row.accountId, row.wide, row.levelOrNull ?? row.id]);
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

const measure: fc.Arbitrary<Measure> = fc
  .constantFrom(...MEASURABLE)
  .chain((column) =>
    fc
      .constantFrom<Measure['op'][]>(
        ...(isNumeric(column) ? ['sum' as const, 'sum' as const] : []),
        ...(['count', 'min', 'max', 'countDistinct'] as const),
      )
      .map((op) => ({ op: op as Measure['op'], column: column.name })),
  );
const measures = fc.uniqueArray(measure, { maxLength: 5, selector: ({ op, column }) => `${op} ${column}` });

/** The zone of a key stands at the index of its column among the values. */
const groupKey: fc.Arbitrary<{ key: GroupKey; zone: string | null }> = fc
  .constantFrom(...MEASURABLE, ...Object.keys(DATES).map(columnOf), ...Object.keys(DATES).map(columnOf))
  .chain((column) =>
    fc
      .record({
        trunc:
          column.scalar === 'DateTime' ? fc.option(fc.constantFrom(...DATE_TRUNCS), { freq: 6 }) : fc.constant(null),
        zone: fc.option(fc.constantFrom(...ZONES), { freq: 4 }),
      })
      .map(({ trunc, zone }) => {
        const inZone = trunc === null ? null : zone;
        return {
          key: { column: column.name, trunc, timeZone: inZone === null ? null : ZONES.indexOf(inZone) },
          zone: inZone,
        };
      }),
  );

const grouping = fc.record({
  keys: fc.uniqueArray(groupKey, { minLength: 1, maxLength: 3, selector: ({ key }) => key.column }),
  measures,
});

/** Cells that stand for equal values are equal. */
const normal = (value: unknown) => (typeof value === 'number' ? value + 0 : value);

function keyOf(row: WireRow, { key, zone }: { key: GroupKey; zone: string | null }): WireValue {
  const column = columnOf(key.column);
  const value = row[column.name] ?? null;
  if (value === null || key.trunc === null) return normal(value) as WireValue;
  const unit = column.dateTime === 'seconds' ? 1000 : 1;
  const ms = column.dateTime === 'iso' ? Date.parse(value as string) : (value as number) * unit;
  const start = naivePeriod(key.trunc, zone ?? 'UTC', ms);
  return column.dateTime === 'iso' ? new Date(start).toISOString() : start / unit;
}

function expectMeasures(got: MeasureRow, asked: readonly Measure[], rows: readonly WireRow[]): void {
  expect(got[0]).toBe(rows.length);
  for (const [at, { op, column }] of asked.entries()) {
    const cells = rows.map((row) => row[column] ?? null);
    const wanted = naiveMeasure(op, columnOf(column), cells);
    if (op === 'sum' && columnOf(column).wire === 'real' && wanted !== null) {
      const size = cells.reduce((sum: number, cell) => sum + Math.abs(Number(cell)), 0);
      expect(Math.abs(Number(got[at + 1]) - Number(wanted))).toBeLessThanOrEqual(1e-9 * size);
    } else expect([op, column, normal(got[at + 1])]).toEqual([op, column, normal(wanted)]);
  }
}

type DrawnGrouping = { keys: { key: GroupKey; zone: string | null }[]; measures: Measure[] };

function expectPage(
  answer: PageAnswer,
  aggregate: readonly Measure[],
  groups: readonly DrawnGrouping[],
  rows: WireRow[],
) {
  expectMeasures(answer.aggregate ?? [0, ...aggregate.map(({ op }) => (/count/.test(op) ? 0 : null))], aggregate, rows);
  for (const [at, { keys, measures: asked }] of groups.entries()) {
    const wanted = Map.groupBy(rows, (row) => JSON.stringify(keys.map((key) => keyOf(row, key))));
    const got = new Map((answer.groups?.[at] ?? []).map((group) => [JSON.stringify(group.keys.map(normal)), group]));
    expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort());
    for (const [key, group] of got) expectMeasures(group.measures, asked, wanted.get(key)!);
  }
}

describe('aggregates and groups of random rows', () => {
  it(`equal a naive evaluation, in one shard and merged from several (${describeRuns(runs)})`, async () => {
    const rows = randomRows(160);
    const values = [...ZONES, 0];
    const pageOf = (aggregate: Measure[], groups: DrawnGrouping[]): PageShape => ({
      orderBy: [{ column: 'id', descending: false, nullsFirst: true }],
      after: null,
      before: null,
      fromEnd: false,
      limit: ZONES.length,
      offset: null,
      rows: false,
      probeOtherSide: false,
      totalCount: true,
      aggregate,
      groups: groups.map(
        ({ keys, measures: asked }): Grouping => ({ keys: keys.map(({ key }) => key), measures: asked }),
      ),
    });
    const call = fc.record({
      aggregate: measures,
      groups: fc.array(grouping, { maxLength: 2 }),
      match: fc.constantFrom([], ['accountId'], ['accountId', 'level'], ['level']),
      keyRows: fc.array(fc.constantFrom(...rows), { minLength: 1, maxLength: 4 }),
    });
    await inDatabase(model, bundle, (database) => {
      database.insert(
        'Account',
        ACCOUNTS.map((id) => ({ id, name: id })),
      );
      database.insert('Sample', rows);
      fc.assert(
        fc.property(call, ({ aggregate, groups, match, keyRows }) => {
          const node = plan({ table: 'Sample', columns: ['id'], match, page: pageOf(aggregate, groups) });
          const keys = (match.length === 0 ? keyRows.slice(0, 1) : keyRows).map((row) =>
            match.map((column) => row[column] ?? null),
          );
          const rowsOf = (key: readonly WireValue[]) =>
            rows.filter((row) => match.every((column, at) => row[column] === key[at]));
          for (const { sql } of database.explain(node, { values, keys })) expect(checkSqlLimits(sql)).toEqual([]);
          const answers = database.run(node, { values, keys }) as PageAnswer[];
          for (const [at, key] of keys.entries()) expectPage(answers[at]!, aggregate, groups, rowsOf(key));
          // Each account as if it had a shard of its own.
          const merge = answerMerger(model, node, { offset: 0, limit: 0 });
          const scattered = withDistinctValues(compilePlan(node), table).node;
          const gather = answerMerger(model, scattered, { offset: 0, limit: 0 }, 'SOME_SHARDS');
          const parts = ACCOUNTS.map(
            (account) => database.run(scattered, { values, keys, shardKeys: [`t:${account}`] }) as PageAnswer[],
          );
          for (const [at, key] of keys.entries()) {
            const merged = merge(parts.map((part) => part[at]!)) as PageAnswer;
            expectPage(merged, aggregate, groups, rowsOf(key));
            expect(merged.total).toBe(rowsOf(key).length);
            // The same, of answers that shards have merged before, and have sent as text.
            const gathered = [parts.slice(0, 2), parts.slice(2)].map((some) => gather(some.map((part) => part[at]!)));
            expect(merge(JSON.parse(JSON.stringify(gathered)))).toEqual(merged);
          }
        }),
        runs,
      );
    });
  }, 120_000);
});
