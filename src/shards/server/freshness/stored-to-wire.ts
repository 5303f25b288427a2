import type { ColumnModel, WireValue } from '../../../model/types.ts';
import { WIRE_KINDS } from '../../../model/wire-kinds.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { LoggedValue } from '../log/row-image.ts';
import { WIRE_KIND_SQL } from '../wire-kind-sql.ts';

/** A value of a log image as wire value: exactly what a read of the column gave while it was stored. */
export function storedToWire({ wire }: Pick<ColumnModel, 'wire'>, stored: LoggedValue): WireValue {
  const { fromInteger, fromReal, fromBlob } = WIRE_KINDS[wire];
  switch (stored.type) {
    case 'null':
      return null;
    case 'integer':
      return fromInteger(stored.digits);
    case 'real':
      return fromReal(stored.value);
    case 'text':
      return stored.value;
    case 'blob':
      return fromBlob(stored.value);
  }
}

/** SQL for a column's value, which `cellToWire` then makes a wire value. */
export function cellSql({ sqlName, wire }: Pick<ColumnModel, 'sqlName' | 'wire'>): string {
  const column = quoteName(sqlName);
  // Bytes as they are: hex(NULL) is ''.
  return wire === 'blob' ? column : WIRE_KIND_SQL[wire].cell(column);
}
