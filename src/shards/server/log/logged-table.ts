import type { ColumnModel, Model, TableModel } from '../../../model/types.ts';
import { shardKeySql } from '../../shard-key.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { stampedColumns } from '../../stamped-columns.ts';

/** What images need to know of a column. */
export interface StoredColumn {
  readonly sqlName: string;
  /** The column can hold REALs. Columns of TEXT affinity cannot, which makes their SQL shorter. */
  readonly mayBeReal: boolean;
}

/** What the log needs to know of a table. */
export interface LoggedTable {
  readonly sqlName: string;
  /**
   * Columns whose values a row consists of, in the order of images: what is often asked for is at the beginning of what
   * may be megabytes. Generated ones follow from the others.
   */
  readonly columns: readonly StoredColumn[];
  readonly primaryKey: readonly StoredColumn[];
  /** The canonical shard key of a row; `row` is `OLD`, `NEW` or an alias. */
  readonly shardKey: (row: string) => ShardKeySource;
}

/** SQL that gives a row's shard key. */
interface ShardKeySource {
  readonly value: string;
  /** True for each shard key of `_keys` that is meant, where {@link value} is read from there; null: it is not. */
  readonly condition: string | null;
}

export const toStoredColumn = ({ sqlName, wire }: Pick<ColumnModel, 'sqlName' | 'wire'>): StoredColumn => ({
  sqlName,
  mayBeReal: wire !== 'text',
});

/** A table as the model has it: with the columns first that stamps look at. */
export function loggedTable(model: Model, table: TableModel): LoggedTable {
  const stamped = new Set(stampedColumns(model, table));
  const stored = table.columns.filter(({ generated }) => !generated);
  const ordered = [
    ...stored.filter((column) => stamped.has(column)),
    ...stored.filter((column) => !stamped.has(column)),
  ];
  return {
    sqlName: table.sqlName,
    columns: ordered.map(toStoredColumn),
    primaryKey: table.primaryKey.columns.map(toStoredColumn),
    shardKey: (row) => ({
      value: shardKeySql(table.shardKey, `${row}.${quoteName(table.shardKey.sqlName)}`),
      condition: null,
    }),
  };
}
