import { wireToOutput } from '../../model/codec.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';
import { bytesCodec } from '../../model/values/bytes.ts';
import { isMisfit, type Misfit } from '../../shards/misfit.ts';

/**
 * A wire value as cell of an export: a JSON value from which `importCellToWire` makes the same wire value again. What does
 * not fit its column is given as it is stored, to be mended and imported.
 */
export function wireToCell(column: ColumnModel, wire: WireValue | Misfit): unknown {
  if (wire === null) return null;
  if (isMisfit(wire)) return storedCell(wire);
  switch (column.scalar) {
    case 'Enum':
      return wire;
    case 'JSON':
      return jsonCell(wire as string);
    default:
      return wireToOutput(column, wire);
  }
}

/** Integers beyond 2^53 stay exact as text; bytes are base64, unless they are text. */
function storedCell({ storage, value }: Misfit): unknown {
  switch (storage) {
    case 'integer':
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case 'real':
      return Number.isFinite(Number(value)) ? Number(value) : value;
    case 'blob':
      return bytesCell(bytesCodec.toOutput(value) as string);
    default:
      return value;
  }
}

function bytesCell(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return base64;
  }
}

/** Text cells of JSON columns are read as JSON text, and null as NULL: values that are no objects stay text. */
function jsonCell(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? value : text;
}
