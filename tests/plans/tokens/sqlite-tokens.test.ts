import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, TableModel, WireKind, WireValue } from '../../../src/model/types.ts';
import { isCanonicalWire, wireToBinding } from '../../../src/model/wire-kinds.ts';
import { encodeCursor } from '../../../src/plans/tokens/cursor.ts';
import { encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import { WIRE_KIND_SQL } from '../../../src/shards/server/wire-kind-sql.ts';
import { bundle } from '../../models/all-types/migrations/index.ts';
import model from '../../models/all-types/model.ts';
import { inNewShard } from '../../shards/server/lab-shard.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'a\0b',
    '"',
    "'",
    '\\',
    '/',
    '\b\f\n\r\t\v',
    '\x01\x1f\x7f\x80',
    'ß',
    '💚',
    '\u2028',
    '\ufeff',
    '\uffff',
  ),
);
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('0', '-1', '9223372036854775807', '-9223372036854775808', '9007199254740993'),
);
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  // Fractions whose 17 digits are exactly between two.
  fc.tuple(fc.integer({ min: 1, max: 2 ** 30 }), fc.integer({ min: 1, max: 60 })).map(([a, b]) => a / 2 ** b),
  fc.constantFrom(0, 0.1, 1, -1.5, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 2 ** 63, 1e21, 1e-7, 1e100, 1e22),
);
const digits = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: -300, max: 290 }));
const decimal = fc.oneof(
  fc.tuple(fc.integer(), fc.nat(999)).map(([whole, fraction]) => `${whole}.${fraction}5`),
  fc.integer().map(String),
  digits.map(([mantissa, exponent]) => (mantissa * 10 ** Math.max(-6, Math.min(exponent, 6))).toFixed(6)),
  fc.constantFrom('0', '0.1', '-0.05', '999999999999999', '0.000000000000001', `1${'0'.repeat(40)}`),
);

const VALUES: Readonly<Record<WireKind, fc.Arbitrary<WireValue>>> = {
  text,
  int: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)),
  int64,
  real: double.map((value) => value + 0),
  decimal: decimal.map((value) =>
    value
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
      .replace(/^-0$/, '0'),
  ),
  blob: fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.toHex()),
  bigintBlob: int64,
  jsonBlob: fc.json(),
};
/** Affinity of the columns that store each. */
const TYPES: Readonly<Record<WireKind, string>> = {
  text: 'TEXT',
  int: 'INTEGER',
  int64: 'INTEGER',
  real: 'REAL',
  decimal: 'NUMERIC',
  blob: 'BLOB',
  bigintBlob: 'BLOB',
  jsonBlob: 'BLOB',
};

const kinds = Object.keys(VALUES) as WireKind[];
const columns = kinds.map((wire) => ({ name: wire, wire, notNull: false }) as ColumnModel);
const table = { typeName: 'Every', primaryKey: { columns } } as unknown as TableModel;
const format = { head: ['Query.everies', 4_294_967_295], columns };

/** `hex(json_array(…))` of stored columns, as a shard writes them beside rows; NULL where it cannot. */
function tokenSql(head: string): string {
  const parts = kinds.map((wire) => WIRE_KIND_SQL[wire].token(wire));
  const conditions = kinds.flatMap((wire) => WIRE_KIND_SQL[wire].hasToken?.(wire) ?? []);
  return `CASE WHEN ${conditions.map((each) => `(${each})`).join(' AND ')} THEN hex(json_array(${head}, ${parts.join(', ')})) END`;
}

/** SQLite is certain of 15 digits: what has more is written by us alone. */
const isShort = (value: WireValue): boolean => value === null || Number(Number(value).toPrecision(15)) === value;

describe('tokens', () => {
  const runs = propertyRuns(2_000);
  const title = `are written by SQLite byte for byte as by us (${describeRuns(runs)})`;
  const realAt = kinds.indexOf('real');

  it.each([
    ['node ids', false],
    ['cursors', true],
  ])(`%s ${title}`, async (_, isNullable) => {
    await inNewShard(model, bundle, (shard) => {
      shard.sql.exec(`CREATE TABLE every (${kinds.map((wire) => `${wire} ${TYPES[wire]}`).join(', ')})`);
      const insert = `INSERT INTO every VALUES (${kinds.map((wire) => WIRE_KIND_SQL[wire].bound('?')).join(', ')})`;
      const head = isNullable ? ["'Query.everies'", '4294967295'] : ["'Every'"];
      const row = fc.tuple(...kinds.map((wire) => (isNullable ? fc.option(VALUES[wire]) : VALUES[wire])));
      fc.assert(
        fc.property(row, (values) => {
          fc.pre(columns.every((column, at) => isCanonicalWire(column, values[at])));
          shard.sql.exec('DELETE FROM every');
          shard.sql.exec(insert, ...columns.map((column, at) => wireToBinding(column, values[at]!)));
          const token = shard.value(`SELECT ${tokenSql(head.join(', '))} FROM every`);
          const expected = isNullable ? encodeCursor(format, values) : encodeNodeId(table, values as never);
          if (token !== null || isShort(values[realAt]!)) expect(token).toBe(expected);
        }),
        runs,
      );
    });
  });
});
