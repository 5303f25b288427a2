import { driverToWire } from '../../model/codec.ts';
import type { ColumnModel, Model } from '../../model/types.ts';
import { wireToCell } from '../export/wire-to-cell.ts';

/** What an importer needs to know of a column. */
export interface ImportColumn {
  /** GraphQL field. */
  readonly name: string;
  readonly sqlName: string;
  /** Cell with the column's default: absent unless the default is a constant. */
  readonly default?: unknown;
  /** SQLite fills the column in where an insert leaves it out. */
  readonly hasDefault: boolean;
  readonly isBoolean: boolean;
  /** Cannot be imported. */
  readonly generated: boolean;
}

export interface ImportTable {
  /** GraphQL type. */
  readonly type: string;
  /** Name in SQL. */
  readonly table: string;
  readonly columns: readonly ImportColumn[];
}

/** `GET /import`: the tables in the order in which to import them, referenced tables first. */
export function listImportTables(model: Model): Response {
  const tables = model.insertOrder.map((type): ImportTable => {
    const { sqlName, columns } = model.table(type);
    return { type, table: sqlName, columns: columns.map(describe) };
  });
  return Response.json({ tables });
}

const describe = (column: ColumnModel): ImportColumn => ({
  name: column.name,
  sqlName: column.sqlName,
  ...(column.constantDefault !== undefined && {
    default: wireToCell(column, driverToWire(column, column.constantDefault)),
  }),
  hasDefault: column.hasSqlDefault,
  isBoolean: column.scalar === 'Boolean',
  generated: column.generated,
});
