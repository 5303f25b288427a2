import { toHex } from '../../lib/hex.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec, Wire } from './value-codec.ts';

const EXPECTED = 'bytes in base64 (standard alphabet, padded)';

/** Base64 → lower-case hex. Stricter than `atob`, which lets white space and missing padding pass. */
function base64ToHex(value: unknown): string {
  if (typeof value !== 'string' || value.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(value)) {
    throw new InvalidValueError(EXPECTED, value);
  }
  let binary: string;
  try {
    binary = atob(value);
  } catch {
    throw new InvalidValueError(EXPECTED, value);
  }
  return toHex(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function hexToBase64(wire: Wire): string {
  const hex = wire as string;
  let binary = '';
  for (let index = 0; index < hex.length; index += 2) {
    binary += String.fromCharCode(Number.parseInt(hex.slice(index, index + 2), 16));
  }
  return btoa(binary);
}

function fromDriver(value: unknown): Wire {
  if (value instanceof ArrayBuffer) return toHex(new Uint8Array(value));
  if (value instanceof Uint8Array) return toHex(value);
  throw new InvalidValueError('a Uint8Array or ArrayBuffer', value);
}

/** GraphQL `Bytes`, and `ID` of blob keys. */
export const bytesCodec: ValueCodec = {
  fromInput: base64ToHex,
  fromDriver,
  fromImport: base64ToHex,
  requireWire: (wire) => {
    if (typeof wire !== 'string' || !/^(?:[0-9a-f]{2})*$/.test(wire)) throw new InvalidValueError('bytes', wire);
  },
  toOutput: hexToBase64,
};
