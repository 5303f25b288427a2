import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, WireValue } from '../../../../src/model/types.ts';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import { readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { quoteName } from '../../../../src/shards/sql/sql-text.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { fittingIntegers } from '../../../support/fitting-integers.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const samples = model.table('Sample');
const writable = samples.columns.filter((column) => !column.generated);
const names = writable.map(({ name }) => name);
const settable = writable.filter((column) => !samples.primaryKey.columns.includes(column));

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

function anyValueOf(column: ColumnModel): fc.Arbitrary<WireValue> {
  if (column.enum) return fc.constantFrom(...column.enum.values.map(([, stored]) => stored));
  if (column.dateTime === 'iso') return fc.constantFrom('2026-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z');
  if (column.scalar === 'Boolean') return fc.constantFrom(0, 1);
  switch (column.wire) {
    case 'text':
      return fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a\0b', '1', '1.0', '', 'ß', '💚'));
    case 'int':
      return fc.constantFrom(...fittingIntegers(column));
    case 'int64':
    case 'bigintBlob':
      return int64;
    case 'real':
      return fc.oneof(
        fc.double({ min: -1e8, max: 1e300, noNaN: true }).map((n) => n + 0),
        fc.constantFrom(0.1, 5e-324),
      );
    case 'decimal':
      return fc.tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.nat(999)).map(([a, b]) => `${a}.${b}5`);
    case 'blob':
      return fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.toHex());
    case 'jsonBlob':
      return fc.json();
  }
}

const rowValues = fc.tuple(
  ...settable.map((column) => (column.notNull ? anyValueOf(column) : fc.option(anyValueOf(column), { freq: 5 }))),
);

/** Every stored value of a sample, with its type, exactly. */
const stored = (shard: LabShard, id: string) => {
  const exact = samples.columns
    .filter((column) => !samples.primaryKey.columns.includes(column))
    .map(({ sqlName }) => quoteName(sqlName))
    .map(
      (name) =>
        `typeof(${name}) || ':' || hex(CASE typeof(${name}) WHEN 'real' THEN printf('%!.17g', ${name}) ELSE ${name} END)`,
    );
  return shard.rows(`SELECT ${exact.join(', ')} FROM samples WHERE id = ?`, id)[0];
};

const toValues = (id: string, row: readonly WireValue[]) => ({
  accountId: 'a',
  id,
  ...Object.fromEntries(settable.map(({ name }, index) => [name, row[index]!])),
});

describe('every column type', () => {
  const runs = propertyRuns(30);
  it(
    `is stored alike by create, update and import, and its log undoes each exactly (${describeRuns(runs)})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(rowValues, rowValues, async (first, second) => {
          await inNewShard(model, bundle, (shard) => {
            const account = { kind: 'create' as const, table: 'Account', values: { id: 'a', name: 'A' }, select: null };
            shard.write('t:a', [account]);
            const key = { columns: ['accountId', 'id'], values: ['a', 'x'] };
            const target = { table: 'Sample', key, within: null, expectedVersion: null, select: null };
            const { accountId: _a, id: _i, ...set } = toValues('x', second);

            const created = shard.write('t:a', [
              { kind: 'create', table: 'Sample', values: toValues('x', first), select: null },
            ]);
            expect(created).toMatchObject({ status: 'OK' });
            const afterCreate = stored(shard, 'x');
            const again = shard.import('Sample', names, [names.map((name) => toValues('x', first)[name as 'id'])]);
            expect(again).toMatchObject({ unchanged: 1, updated: 0, failures: [] });

            expect(shard.write('t:a', [{ ...target, kind: 'update', set, atomic: {} }])).toMatchObject({
              status: 'OK',
            });
            const afterUpdate = stored(shard, 'x');
            const imported = shard.import('Sample', names, [names.map((name) => toValues('x', first)[name as 'id'])]);
            expect(imported).toMatchObject({ failures: [] });
            expect(stored(shard, 'x')).toEqual(afterCreate);
            shard.write('t:a', [{ ...target, kind: 'delete' }]);
            expect(stored(shard, 'x')).toBeUndefined();

            dropTriggers(shard.session);
            const log = readLogBackwards(shard.session, 0, 100);
            const states = log.map((row) => {
              undoLogRow(shard.session, row);
              return stored(shard, 'x');
            });
            const [deleteUndone, importUndone, updateUndone] = states;
            expect(deleteUndone).toEqual(afterCreate);
            if (log.length === 5) {
              expect(importUndone).toEqual(afterUpdate);
              expect(updateUndone).toEqual(afterCreate);
            }
            expect(shard.value('SELECT count(*) FROM accounts')).toBe(0);
          });
        }),
        runs,
      );
    },
    1_000 * runs.numRuns,
  );
});
