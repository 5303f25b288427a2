import type { ColumnModel } from '../../../../model/types.ts';
import { decimalToWire } from '../../../../model/values/stored-decimal.ts';
import { WIRE_KINDS } from '../../../../model/wire-kinds.ts';
import { ShardQLError } from '../../../errors.ts';
import type { Measure } from '../../../plan/aggregate.ts';
import { type MeasureAnswer, MISFIT_NUMBER } from '../../../plan/answer.ts';
import { isNoNumberSql } from './misfit-sql.ts';
import { columnSql, exactWireSql, groupWireSql, storedToOrderedSql } from './wire-sql.ts';

/** Result columns of an aggregating statement over rows `t`, and the answer that is made of their cells. */
interface MeasureSql {
  readonly columns: readonly string[];
  readonly decode: (cells: readonly SqlStorageValue[]) => MeasureAnswer;
}

const identity = ([cell]: readonly SqlStorageValue[]): MeasureAnswer => cell as MeasureAnswer;

export function measureSql(op: Exclude<Measure['op'], 'distinctValues'>, column: ColumnModel): MeasureSql {
  const ordered = storedToOrderedSql(columnSql('t', column), column);
  switch (op) {
    case 'count':
      return { columns: [`count(${columnSql('t', column)})`], decode: identity };
    case 'countDistinct':
      return { columns: [`count(DISTINCT ${ordered})`], decode: identity };
    case 'min':
    case 'max':
      return extremeSql(`${op}(${ordered})`, column);
    case 'sum':
      return sumSql(ordered, column);
  }
}

function extremeSql(extreme: string, column: ColumnModel): MeasureSql {
  switch (column.wire) {
    case 'bigintBlob':
      // Compared as numbers, which what is none becomes too.
      return {
        columns: [`CAST(${extreme} AS TEXT)`, isNoNumberOfSomeSql(column)],
        decode: ([cell, isNoNumber]) => (isNoNumber === 1 ? MISFIT_NUMBER : (cell as MeasureAnswer)),
      };
    case 'jsonBlob':
      return { columns: [`CAST(${extreme} AS TEXT)`], decode: identity };
    case 'decimal':
      return {
        columns: [exactWireSql(extreme, column)],
        decode: ([cell]) => (cell === null ? null : decimalToWire(cell as number | string)),
      };
    default:
      return { columns: [groupWireSql(extreme, column)], decode: identity };
  }
}

/** 1 if there is a value that cannot be added. */
const isNoNumberOfSomeSql = (column: ColumnModel): string => {
  const value = columnSql('t', column);
  return `max(CASE WHEN ${value} IS NOT NULL THEN ${isNoNumberSql(value, column)} END)`;
};

function sumSql(ordered: string, column: ColumnModel): MeasureSql {
  const { columns, decode } = fittingSumSql(ordered, column);
  return {
    columns: [...columns, isNoNumberOfSomeSql(column)],
    decode: (cells) => (cells[columns.length] === 1 ? MISFIT_NUMBER : decode(cells)),
  };
}

function fittingSumSql(ordered: string, column: ColumnModel): MeasureSql {
  switch (WIRE_KINDS[column.wire].sums) {
    case 'integer':
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
