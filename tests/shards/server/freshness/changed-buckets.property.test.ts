import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, Model, TableModel, WireValue } from '../../../../src/model/types.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { changedBuckets } from '../../../../src/shards/server/freshness/changed-buckets.ts';
import { readLastLogSeq } from '../../../../src/shards/server/tables/log-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { rowBucket, valueBucket } from '../../../../src/shards/stamps.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { fittingIntegers } from '../../../support/fitting-integers.ts';
import { nodeOf } from '../../../support/plans.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const real = model.table('Sample');
const settable = real.columns.filter((column) => !column.generated && !real.primaryKey.columns.includes(column));
const byName = (name: string) => real.columnByName.get(name)!;

/** Samples, as if every column, and some pairs of them, were found by: so each of them is stamped. */
const PAIRS = [
  ['integerValue', 'wideOrNull'],
  ['decimalOrNull', 'bytesOrNull'],
];
const SETS = [...settable.map(({ name }) => [name]), ...PAIRS];
const samples: TableModel = {
  ...real,
  uniqueKeys: SETS.map((names) => ({ ...real.primaryKey, name: names.join(), columns: names.map(byName) })),
  foreignKeys: [],
};
const stampedModel: Model = { ...model, tables: [samples] };

function valuesOf(column: ColumnModel): fc.Arbitrary<WireValue> {
  if (column.enum) return fc.constantFrom(...column.enum.values.map(([, stored]) => stored));
  if (column.dateTime === 'iso') return fc.constantFrom('2026-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z');
  if (column.scalar === 'JSON') return fc.json({ maxDepth: 1 });
  if (column.scalar === 'Boolean') return fc.constantFrom(0, 1);
  switch (column.wire) {
    case 'text':
      return fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 5 }),
        fc.constantFrom('a\0b', '1', '1.0', '', 'ß', '💚'),
      );
    case 'int':
      return fc.constantFrom(...fittingIntegers(column));
    case 'int64':
    case 'bigintBlob':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
    case 'real':
      return fc.oneof(
        fc.constantFrom(0, 1, 0.1, 5e-324, 1e300, -0.5),
        fc.double({ min: -1e8, max: 1e8, noNaN: true }).map((n) => n + 0),
      );
    case 'decimal':
      return fc.constantFrom('0', '1', '-1.5', '0.1', '123456789012345', '100000000000000000000', '0.00000012', '-7');
    case 'blob':
      return fc.uint8Array({ maxLength: 5 }).map((bytes) => bytes.toHex());
    case 'jsonBlob':
      return fc.json({ maxDepth: 1 });
  }
}

const rowValues = fc
  .tuple(...settable.map((column) => (column.notNull ? valuesOf(column) : fc.option(valuesOf(column), { freq: 4 }))))
  .map((values) => Object.fromEntries(settable.map(({ name }, index) => [name, values[index]!])));
const id = fc.constantFrom('x', 'y', 'ÿ"\\\0💚');
const change = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), id, values: rowValues }),
  fc.record({ kind: fc.constant('delete' as const), id }),
);

type Values = Readonly<Record<string, WireValue>>;

/** The buckets of a row as a Worker works them out from the values that it has. */
const bucketsOf = (id: string, values: Values): number[] => [
  rowBucket(['a', id]),
  ...SETS.filter((names) => names.every((name) => values[name] !== null)).map((names) =>
    valueBucket(
      inTableOrder(names),
      inTableOrder(names).map((name) => values[name]!),
    ),
  ),
];

const inTableOrder = (names: readonly string[]) =>
  real.columns.map(({ name }) => name).filter((name) => names.includes(name));

const plan = nodeOf({ table: 'Sample', match: ['accountId', 'id'], columns: settable.map(({ name }) => name) });

/** The row's wire values as reads give them. */
function readValues(shard: LabShard, id: string): Values {
  const call = { plan: JSON.stringify(plan), values: [], keys: [['a', id]], shardKeys: ['t:a' as ShardKey] };
  const [row] = shard.state.plans.run(shard.session, call, { visibleOnly: false });
  return Object.fromEntries(settable.map(({ name }, index) => [name, (row as readonly WireValue[])[index]!]));
}

describe('the buckets of a commit', () => {
  const runs = propertyRuns(30);
  it(
    `are those that a Worker works out from the old and the new values of every type (${describeRuns(runs)})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
          (commits) =>
            inNewShard(model, bundle, (shard) => {
              shard.write('t:a', [{ kind: 'create', table: 'Account', values: { id: 'a', name: 'A' }, select: null }]);
              const rows = new Map<string, Values>();
              for (const changes of commits) {
                const seq = readLastLogSeq(shard.session);
                const expected = new Set<number>();
                const isChanged = new Set<string>();
                const operations = changes.flatMap((each): RowOperation[] => {
                  const before = rows.get(each.id);
                  const key = { columns: ['accountId', 'id'], values: ['a', each.id] };
                  const target = { table: 'Sample', key, within: null, expectedVersion: null, select: null };
                  if (each.kind === 'delete' && before === undefined) return [];
                  isChanged.add(each.id);
                  for (const bucket of before ? bucketsOf(each.id, before) : []) expected.add(bucket);
                  if (each.kind === 'delete') {
                    rows.delete(each.id);
                    return [{ ...target, kind: 'delete' }];
                  }
                  rows.set(each.id, each.values);
                  for (const bucket of bucketsOf(each.id, each.values)) expected.add(bucket);
                  const values = { accountId: 'a', id: each.id, ...each.values };
                  if (before) return [{ ...target, kind: 'update', set: each.values, atomic: {} }];
                  return [{ kind: 'create', table: 'Sample', values, select: null }];
                });
                if (operations.length === 0) continue;
                expect(shard.write('t:a', operations)).toMatchObject({ status: 'OK' });
                const buckets = changedBuckets(shard.session, stampedModel, samples, 't:a', seq)!;
                expect([...expected].filter((bucket) => !buckets.has(bucket))).toEqual([]);
                // Nothing besides, but for rows that came and went within the commit.
                if (changes.length === 1) expect([...buckets].sort()).toEqual([...expected].sort());
                for (const [id, values] of rows)
                  expect(bucketsOf(id, readValues(shard, id))).toEqual(bucketsOf(id, values));
              }
            }),
        ),
        runs,
      );
    },
    1_000 * runs.numRuns,
  );

  it('cannot be told where a stamped set has a generated column', () =>
    inNewShard(model, bundle, (shard) => {
      const upper = { ...samples, uniqueKeys: [{ ...real.primaryKey, columns: [byName('upper')] }] };
      expect(changedBuckets(shard.session, { ...model, tables: [upper] }, upper, 't:a', 0)).toBeNull();
    }));
});
