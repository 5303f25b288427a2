import { wireToOutput } from '../../model/codec.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';

/** A wire value as cell of an export: a JSON value from which `importCellToWire` makes the same wire value again. */
export function wireToCell(column: ColumnModel, wire: WireValue): unknown {
  if (wire === null) return null;
  switch (column.scalar) {
    case 'Enum':
      return wire;
    case 'JSON':
      return jsonCell(wire as string);
    default:
      return wireToOutput(column, wire);
  }
}

/** Text cells of JSON columns are read as JSON text, and null as NULL: values that are no objects stay text. */
function jsonCell(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? value : text;
}
