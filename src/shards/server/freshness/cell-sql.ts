import type { ColumnModel } from '../../../model/types.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { WIRE_KIND_SQL } from '../wire-kind-sql.ts';

/** SQL for a column's value, which `cellToWire` then makes a wire value. */
export function cellSql({ sqlName, wire }: Pick<ColumnModel, 'sqlName' | 'wire'>): string {
  const column = quoteName(sqlName);
  // Bytes as they are: hex(NULL) is ''.
  return wire === 'blob' ? column : WIRE_KIND_SQL[wire].cell(column);
}
