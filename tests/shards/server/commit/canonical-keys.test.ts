/**
 * Keys that are made from what clients send name cached answers, and buckets that stamps tell of. A shard makes the same
 * names from what it has stored. So whatever passes the door must be what a read of the stored value gives, to the letter.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importCellToWire, inputToWire } from '../../../../src/model/codec.ts';
import { InvalidValueError } from '../../../../src/model/invalid-value-error.ts';
import type { ColumnModel, WireValue } from '../../../../src/model/types.ts';
import { isCanonicalWire } from '../../../../src/model/wire-kinds.ts';
import { isMisfit, type Misfit } from '../../../../src/shards/misfit.ts';
import type { RowsWritten } from '../../../../src/shards/operation.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { nodeOf } from '../../../support/plans.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';

const samples = model.table('Sample');
const columns = samples.columns.filter(
  (column) => !column.generated && !samples.primaryKey.columns.includes(column) && !column.name.endsWith('OrNull'),
);

/** One number, written in many ways. */
const digits = fc.oneof(fc.nat(20).map(String), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String), fc.constant(''));
const numeral = fc
  .tuple(
    fc.constantFrom('', '-', '+', ' '),
    fc.constantFrom('', '0', '00'),
    digits.map((text) => text.replace('-', '')),
    fc.constantFrom('', '.', '.0', '.5', '.50', '.050', '.123456789012345678'),
    fc.constantFrom('', '', 'e0', 'e3', 'E+2', 'e-2'),
  )
  .map((parts) => parts.join(''));
const moment = fc
  .tuple(
    fc.constantFrom('2026-01-01', '2026-1-1', '1969-12-31', '20260101'),
    fc.constantFrom('T', ' ', 't'),
    fc.constantFrom('00:00', '00:00:00', '23:59:59.9', '00:00:00.000', '12:00:00.123456'),
    fc.constantFrom('', 'Z', 'z', '+00:00', '+02:00', '-00:30'),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  numeral,
  moment,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'low',
    'LOW',
    'veryHigh',
    'VERY_HIGH',
    'in between',
    'true',
    'TRUE',
    '1',
    '0',
    '00ff',
    '00FF',
    'AP8=',
  ),
  fc.constantFrom('é', 'e\u0301', 'ﬁ', 'İ', 'ß', 'ẞ', '\ufeff1', '{"a":1}', '{"a":1.0}', '{ "a" : 1e0 }', '-0', '-0.0'),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 1e3, 1e21, true, false),
  numeral.map(Number),
);

/** By each door: what it takes, as a wire value; undefined: refused. */
const DOORS: Readonly<Record<string, (column: ColumnModel, given: unknown) => WireValue | undefined>> = {
  arguments: (column, given) => accepted(() => inputToWire(column, given)),
  imports: (column, given) => accepted(() => importCellToWire(column, given)),
  'node ids': (column, given) => (isCanonicalWire(column, given) ? (given as WireValue) : undefined),
};

function accepted(convert: () => WireValue): WireValue | undefined {
  try {
    return convert();
  } catch (error) {
    if (error instanceof InvalidValueError) return undefined;
    throw error;
  }
}

const RIGHT: Readonly<Record<string, WireValue>> = { level: 'low', flag: 0, moment: '2026-01-01T00:00:00.000Z' };

/** The column's value after it was stored; undefined if the shard does not take it. */
function storedForm(shard: LabShard, column: ColumnModel, wire: WireValue, id: string): WireValue | undefined {
  const values = { accountId: 'a', id, ...RIGHT_ROW, [column.name]: wire };
  const plan = nodeOf({ table: 'Sample', match: ['accountId', 'id'], columns: [column.name] });
  const select = { plan: JSON.stringify(plan), values: [] };
  const answer = shard.write('t:a', [{ kind: 'create', table: 'Sample', values, select }]);
  if (answer.status !== 'OK') return undefined;
  const cell = (fromJsonText(answer.results) as [RowsWritten])[0].rows[0]![0] as WireValue | Misfit;
  // A key need not be one of the enum, say, to name rows.
  if (!isMisfit(cell)) return cell;
  return cell.storage === 'text' ? cell.value : Number(cell.value);
}

const RIGHT_BY_WIRE = {
  text: 'x',
  int: 1,
  int64: '1',
  real: 1,
  decimal: '1',
  blob: '00',
  bigintBlob: '1',
  jsonBlob: '1',
};
const RIGHT_ROW = Object.fromEntries(
  columns.map(({ name, wire, dateTime, scalar }) => [
    name,
    RIGHT[name] ?? (dateTime === 'iso' ? RIGHT.moment! : scalar === 'JSON' ? '{}' : RIGHT_BY_WIRE[wire]),
  ]),
);

describe('a key from a client', () => {
  const runs = propertyRuns(40);
  it.each(Object.entries(DOORS))(
    `is what a read of the stored value gives: by %s (${describeRuns(runs)})`,
    {
      timeout: 5_000 * runs.numRuns,
    },
    (_, door) =>
      inNewShard(model, bundle, (shard) => {
        shard.write('t:a', [{ kind: 'create', table: 'Account', values: { id: 'a', name: 'A' }, select: null }]);
        let rows = 0;
        fc.assert(
          fc.property(fc.array(value, { minLength: 8, maxLength: 8 }), (given) => {
            for (const column of columns) {
              // What is JSON names nothing: it is compared by its parts.
              if (column.scalar === 'JSON') continue;
              for (const each of given) {
                const wire = door(column, each);
                if (wire === undefined || wire === null) continue;
                const stored = storedForm(shard, column, wire, `r${++rows}`);
                if (stored !== undefined)
                  expect({ column: column.name, wire }).toEqual({ column: column.name, wire: stored });
              }
            }
          }),
          runs,
        );
        expect(rows).toBeGreaterThan(runs.numRuns);
      }),
  );

  it.each([
    ['decimal', '1.50', '1.5'],
    ['decimal', '01.5', '1.5'],
    ['decimal', '-0', '0'],
    ['decimal', '1.0', '1'],
    ['decimal', '-0.0', '0'],
    ['decimal', '1.0000000000000001', '1'],
    ['wide', '-0', '0'],
    ['blobBigint', '-0', '0'],
  ])('is no node id by another form of its number: %s %s', (name, other, canonical) => {
    const column = samples.columnByName.get(name)!;
    expect([isCanonicalWire(column, canonical), isCanonicalWire(column, other)]).toEqual([true, false]);
  });
});
