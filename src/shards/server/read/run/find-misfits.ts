import { InvalidValueError } from '../../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../../model/types.ts';
import { decimalToWire } from '../../../../model/values/stored-decimal.ts';
import { type Misfit, unpackStored } from '../../../misfit.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { failedOnValues } from '../../../sql/statement-error.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import { type Field, fieldOf } from '../compile/fields.ts';
import { columnSql, packedSql, storedSql } from '../sql/wire-sql.ts';

/** Rows that were read, by key, and rows of others columns that were read in the same order. */
type RowsByKey = readonly (readonly (readonly unknown[])[])[];

/** Reads the rows of a node once more, in the same order, with other columns. */
type ReadColumns = (columns: readonly Field[]) => RowsByKey;

/** A cell that does not fit: a row of {@link RowsByKey}, and a position in it. */
export interface FoundMisfit {
  readonly row: readonly unknown[];
  readonly position: number;
  readonly misfit: Misfit;
}

/** With a key, a statement's results stay below the platform's 100. */
const MAX_EXACT_COLUMNS = 40;

/**
 * The values among rows that do not fit their columns, with the keys of their rows and exactly as they are stored. Rows
 * are read again for that, but only if there are any.
 */
export function findMisfits(node: CompiledNode, rows: RowsByKey, read: ReadColumns): FoundMisfit[] {
  const found = wrongCells(node, rows);
  const columns = [...new Set(found.map(({ column }) => column))];
  const misfits: FoundMisfit[] = [];
  const keyFields = keyFieldsOf(node.table);
  for (let start = 0; start < columns.length; start += MAX_EXACT_COLUMNS) {
    const some = columns.slice(start, start + MAX_EXACT_COLUMNS);
    const exact = read([...keyFields, ...some.map(exactField)]);
    for (const { key, at, position, column, expected } of found) {
      const index = some.indexOf(column);
      const cells = exact[key]?.[at];
      if (index < 0 || cells === undefined) continue;
      const stored = unpackStored(String(cells[keyFields.length + index]));
      misfits.push({
        row: rows[key]![at]!,
        position,
        misfit: { ...describe(node.table, column, expected, cells), ...stored },
      });
    }
  }
  return misfits;
}

interface WrongCell {
  readonly key: number;
  readonly at: number;
  readonly position: number;
  readonly column: ColumnModel;
  readonly expected: string;
}

function wrongCells({ checks }: CompiledNode, rows: RowsByKey): WrongCell[] {
  const found: WrongCell[] = [];
  for (const { position, column, check } of checks) {
    for (let key = 0; key < rows.length; key++) {
      const list = rows[key]!;
      for (let at = 0; at < list.length; at++) {
        const cell = list[at]![position];
        if (cell === null) continue;
        try {
          check(cell);
        } catch (error) {
          if (!(error instanceof InvalidValueError)) throw error;
          found.push({ key, at, position, column, expected: error.expected });
        }
      }
    }
  }
  return found;
}

/**
 * The rows of a node of which a generated column fails when it is worked out, as SQLite does with virtual ones: all other
 * columns in one statement, the generated ones value by value.
 *
 * @param rows are changed: their generated cells, which were read as NULL, get their values.
 */
export function readGenerated(
  node: CompiledNode,
  rows: readonly (readonly unknown[][])[],
  session: ReadSession,
  read: ReadColumns,
): FoundMisfit[] {
  const misfits: FoundMisfit[] = [];
  const { table } = node;
  const keyFields = keyFieldsOf(table);
  const keys = read(keyFields);
  const where = keyFields.map((field) => `${columnSql('t', field)} = ${storedSql(field.wire, '?')}`).join(' AND ');
  for (const { position, column } of node.checks) {
    if (!column.generated) continue;
    const sql = `SELECT ${packedSql(columnSql('t', column))} FROM ${quoteName(table.sqlName)} t WHERE ${where}`;
    for (const [key, list] of rows.entries()) {
      for (const [at, row] of list.entries()) {
        const cells = keys[key]?.[at];
        if (cells === undefined) continue;
        try {
          const [[packed] = [null]] = session.rows(sql, ...(describeKey(table, cells) as SqlStorageValue[]));
          row[position] = packed === null || packed === undefined ? null : wireOf(column, String(packed));
        } catch (error) {
          if (!failedOnValues(session, error)) throw error;
          const what = describe(table, column, 'a value that SQLite can work out', cells);
          misfits.push({ row, position, misfit: { ...what, storage: 'failed', value: '' } });
        }
      }
    }
  }
  return misfits;
}

/** Stands for a column that is skipped. */
export const skipped = ({ name, wire, notNull }: Field): Field => ({ name, wire, notNull, raw: null });

const keyFieldsOf = (table: TableModel) => table.primaryKey.names.map((name) => fieldOf(table, name));

const exactField = (column: ColumnModel): Field => ({
  name: `#exact ${column.name}`,
  wire: 'text',
  notNull: false,
  raw: column,
});

/** `cells` begin with the primary key. */
const describeKey = (table: TableModel, cells: readonly unknown[]): WireValue[] =>
  table.primaryKey.columns.map(({ wire }, at) => {
    const cell = cells[at] as WireValue;
    return wire === 'decimal' && cell !== null ? decimalToWire(cell) : cell;
  });

const describe = (table: TableModel, column: ColumnModel, expected: string, cells: readonly unknown[]) => ({
  table: table.typeName,
  column: column.name,
  expected,
  key: Object.fromEntries(describeKey(table, cells).map((value, at) => [table.primaryKey.names[at]!, value])),
});

/** What reading the column would have given. */
function wireOf({ wire }: ColumnModel, packed: string): WireValue {
  const { storage, value } = unpackStored(packed);
  switch (wire) {
    case 'int':
    case 'real':
      return storage === 'integer' || storage === 'real' ? Number(value) : value;
    case 'decimal':
      return storage === 'real' ? decimalToWire(Number(value)) : value;
    case 'bigintBlob':
    case 'jsonBlob':
      return storage === 'blob' ? new TextDecoder().decode(Uint8Array.fromHex(value)) : value;
    default:
      return value;
  }
}
