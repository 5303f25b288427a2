import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec } from './value-codec.ts';

/** Refuses lone surrogates: they have no UTF-8 form, so they would not come back as they were sent. */
function parseText(value: unknown): string {
  if (typeof value !== 'string') throw new InvalidValueError('text', value);
  if (!value.isWellFormed()) throw new InvalidValueError('well-formed Unicode text (without lone surrogates)', value);
  return value;
}

export const textCodec: ValueCodec = {
  fromInput: parseText,
  fromDriver: parseText,
  fromImport: parseText,
  requireWire: (wire) => {
    if (typeof wire !== 'string') throw new InvalidValueError('text', wire);
  },
  toOutput: (wire) => wire,
};

/** GraphQL's `ID` takes integers too. */
const parseTextId = (value: unknown): string => (Number.isSafeInteger(value) ? String(value) : parseText(value));

export const textIdCodec: ValueCodec = { ...textCodec, fromInput: parseTextId, fromImport: parseTextId };
