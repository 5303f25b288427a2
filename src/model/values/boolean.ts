import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec, Wire } from './value-codec.ts';

function parseBoolean(value: unknown): Wire {
  if (typeof value !== 'boolean') throw new InvalidValueError('true or false', value);
  return value ? 1 : 0;
}

/** Truth as files have it. */
const WIRE_BY_CELL: ReadonlyMap<unknown, Wire> = new Map<unknown, Wire>([
  [true, 1],
  [1, 1],
  ['true', 1],
  ['1', 1],
  [false, 0],
  [0, 0],
  ['false', 0],
  ['0', 0],
]);

function parseCell(cell: unknown): Wire {
  const wire = WIRE_BY_CELL.get(cell);
  if (wire === undefined) throw new InvalidValueError(CELL_EXPECTED, cell);
  return wire;
}

/** The command line reads the further words of CSV; see its `csv-header.ts`. */
const CELL_EXPECTED = 'true or false (in CSV also t, yes, y, on, 1, f, no, n, off or 0, in any case)';

export const booleanCodec: ValueCodec = {
  fromInput: parseBoolean,
  fromDriver: parseBoolean,
  fromImport: parseCell,
  requireWire: (wire) => {
    if (wire !== 0 && wire !== 1) throw new InvalidValueError('true or false', wire);
  },
  toOutput: (wire) => wire === 1,
};
