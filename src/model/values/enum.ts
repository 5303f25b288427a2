import { InvalidValueError } from '../invalid-value-error.ts';
import type { ColumnModel } from '../types.ts';
import type { ValueCodec } from './value-codec.ts';

/** GraphQL knows the values of an enum by name, storage and import files as they were declared. */
export function enumCodec(column: ColumnModel): ValueCodec {
  const values = column.enum!.values;
  const storedByName = new Map(values);
  const nameByStored = new Map(values.map(([name, stored]) => [stored, name]));
  const expected = (choices: Iterable<string>): string => `one of ${[...choices].join(', ')}`;

  const fromInput = (value: unknown): string => {
    const stored = storedByName.get(value as string);
    if (stored === undefined) throw new InvalidValueError(expected(storedByName.keys()), value);
    return stored;
  };
  const fromDriver = (value: unknown): string => {
    if (!nameByStored.has(value as string)) throw new InvalidValueError(expected(nameByStored.keys()), value);
    return value as string;
  };
  return {
    fromInput,
    fromDriver,
    // A text that is stored for one value and names another means the stored one.
    fromImport: (cell) => (nameByStored.has(cell as string) ? (cell as string) : fromInput(cell)),
    requireWire: fromDriver,
    toOutput: (wire) => nameByStored.get(wire as string),
  };
}
