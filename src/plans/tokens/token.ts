/**
 * Opaque texts that clients carry back to us (cursors, node ids, session tokens): a JSON array in hexadecimal, as SQLite's
 * `hex(json_array(…))` writes it. Each payload has one text, and each text one payload. Neither signed nor checksummed: what
 * a text holds is from a client, and its reader checks every value.
 */
import { MAX_TOKEN_CHARACTERS } from '../limits.ts';

/** Values that JavaScript and SQLite write alike as JSON: texts, safe integers, NULL, and arrays of those. */
export type TokenPart = string | number | null | readonly TokenPart[];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const HEX_BY_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

export const encodeToken = (parts: readonly TokenPart[]): string => textToHex(JSON.stringify(parts));

/** The parts, or undefined if the text is none that {@link encodeToken} writes. */
export function decodeToken(token: string): readonly unknown[] | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS || !/^(?:[0-9A-F]{2})+$/.test(token)) return undefined;
  try {
    const json = decoder.decode(hexToBytes(token));
    const parts: unknown = JSON.parse(json);
    // JSON has many texts for one value: what SQLite writes has to be found again by comparing texts.
    return Array.isArray(parts) && JSON.stringify(parts) === json ? parts : undefined;
  } catch {
    return undefined;
  }
}

function textToHex(text: string): string {
  let hex = '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return bytesToHex(encoder.encode(text));
    hex += HEX_BY_BYTE[unit];
  }
  return hex;
}

function bytesToHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX_BY_BYTE[byte];
  return hex;
}

function hexToBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
