import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireToOutput } from '../../../src/model/codec.ts';
import type { ColumnModel, WireValue } from '../../../src/model/types.ts';
import { isPrintable, wireToBinding } from '../../../src/model/wire-kinds.ts';
import { WIRE_KIND_SQL } from '../../../src/shards/server/wire-kind-sql.ts';
import { quoteName, quoteText } from '../../../src/shards/sql/sql-text.ts';
import { bundle } from '../../models/all-types/migrations/index.ts';
import model from '../../models/all-types/model.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { inNewShard } from './lab-shard.ts';

const columns = model.tables.flatMap(({ columns: all }) => all);
const printable = columns.filter(isPrintable);

/** JSON text of what the API shows of a stored value, as SQL. */
function jsonSql(column: ColumnModel): string {
  const cell = WIRE_KIND_SQL[column.wire].cell(quoteName(column.sqlName));
  switch (column.scalar) {
    case 'Boolean':
      return `CASE ${cell} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`;
    case 'Enum': {
      const cases = column.enum!.values.map(([name, stored]) => `WHEN ${quoteText(stored)} THEN ${quoteText(name)}`);
      return `json_quote(CASE ${cell} ${cases.join(' ')} END)`;
    }
    case 'JSON':
      return `coalesce(json(${cell}), 'null')`;
    case 'ID':
      return `json_quote(CAST(${cell} AS TEXT))`;
    default:
      return `json_quote(${cell})`;
  }
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a\0b', '"\\\'/\b\f\n\r\t\v\x7f', '💚\u2028'));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);

function cellOf(column: ColumnModel): fc.Arbitrary<WireValue> {
  if (column.enum) return fc.constantFrom(...column.enum.values.map(([, stored]) => stored));
  if (column.scalar === 'Boolean') return fc.constantFrom(0, 1);
  if (column.dateTime === 'iso') return fc.constantFrom('2026-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z');
  if (column.scalar === 'JSON') return text.map((value) => JSON.stringify({ value: [value, 1, null, true] }));
  switch (column.wire) {
    case 'int':
      return column.scalar === 'ID' ? fc.maxSafeInteger() : fc.integer();
    case 'int64':
    case 'bigintBlob':
      return int64;
    default:
      return text;
  }
}

describe('columns that SQLite can print', () => {
  it('are all but fractions, bytes, and moments that are stored as numbers', () => {
    const others = columns.filter((column) => !isPrintable(column));
    for (const { scalar, wire, dateTime } of others) {
      expect(['real', 'decimal', 'blob'].includes(wire) || (scalar === 'DateTime' && dateTime !== 'iso')).toBe(true);
    }
    expect(new Set(printable.map(({ scalar }) => scalar))).toEqual(
      new Set(['ID', 'String', 'Int', 'Boolean', 'DateTime', 'JSON', 'BigInt', 'Enum']),
    );
  });

  const runs = propertyRuns(100);
  it(`are printed exactly as the API shows them (${describeRuns(runs)})`, async () => {
    await inNewShard(model, bundle, (shard) => {
      for (const column of printable) {
        const name = quoteName(column.sqlName);
        shard.sql.exec(`DROP TABLE IF EXISTS printed; CREATE TABLE printed (${name})`);
        fc.assert(
          fc.property(fc.option(cellOf(column)), (wire) => {
            shard.sql.exec('DELETE FROM printed');
            const { bound } = WIRE_KIND_SQL[column.wire];
            shard.sql.exec(`INSERT INTO printed VALUES (${bound('?')})`, wireToBinding(column, wire));
            const printed = shard.value(`SELECT ${jsonSql(column)} FROM printed`);
            expect(printed, column.name).toBe(JSON.stringify(wireToOutput(column, wire) ?? null));
          }),
          runs,
        );
      }
    });
  });
});
