import type { ColumnModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { Measure, MeasureAnswer } from '../../plan.ts';
import { decimalToWire } from './decimal.ts';
import { columnSql, storedToOrderedSql } from './wire-sql.ts';

/** Result columns of an aggregating statement over rows `t`, and the answer that is made of their cells. */
export interface MeasureSql {
  readonly columns: readonly string[];
  readonly decode: (cells: readonly SqlStorageValue[]) => MeasureAnswer;
}

const asIs = ([cell]: readonly SqlStorageValue[]): MeasureAnswer => cell as MeasureAnswer;

export function measureSql(op: Exclude<Measure['op'], 'distinctValues'>, column: ColumnModel): MeasureSql {
  const ordered = storedToOrderedSql(columnSql('t', column), column);
  switch (op) {
    case 'count':
      return { columns: [`count(${columnSql('t', column)})`], decode: asIs };
    case 'countDistinct':
      return { columns: [`count(DISTINCT ${ordered})`], decode: asIs };
    case 'min':
    case 'max':
      return extremeSql(`${op}(${ordered})`, column);
    case 'sum':
      return sumSql(ordered, column);
  }
}

function extremeSql(extreme: string, { wire }: ColumnModel): MeasureSql {
  switch (wire) {
    case 'int64':
    case 'bigintBlob':
    case 'jsonBlob':
      return { columns: [`CAST(${extreme} AS TEXT)`], decode: asIs };
    case 'blob':
      // hex(NULL) is ''.
      return { columns: [`CASE WHEN ${extreme} IS NOT NULL THEN lower(hex(${extreme})) END`], decode: asIs };
    case 'decimal':
      return { columns: [extreme], decode: ([cell]) => (cell === null ? null : decimalToWire(cell as number)) };
    default:
      return { columns: [extreme], decode: asIs };
  }
}

function sumSql(ordered: string, column: ColumnModel): MeasureSql {
  switch (column.wire) {
    case 'int':
    case 'int64':
    case 'bigintBlob':
      // SQLite's sum fails beyond 64 bits. Those of the halves stay within them for two thousand million rows.
      return {
        columns: [`CAST(sum(${ordered} >> 32) AS TEXT)`, `CAST(sum(${ordered} & 4294967295) AS TEXT)`],
        decode: ([high, low]) =>
          high === null ? null : String((BigInt(high as string) << 32n) + BigInt(low as string)),
      };
    case 'real':
      // Without a result although there are values: infinities of both signs on the way.
      return {
        columns: [`sum(${ordered})`, `count(${ordered})`],
        decode: ([sum, count]) => (count === 0 ? null : Number.isFinite(sum) ? (sum as number) : 'overflow'),
      };
    default:
      throw new ShardQLError('BAD_USER_INPUT', `Expected a column of numbers to add, but got ${column.name}.`);
  }
}
