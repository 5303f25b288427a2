/**
 * Opaque texts that clients carry back to us (cursors, node ids): base64url of a format byte, a checksum and JSON.
 * Not signed: the checksum finds damage, not forgery, so decoded values are still checked by their readers.
 */
import { MAX_TOKEN_CHARACTERS } from '../limits.ts';

const CHECKSUM_BYTES = 4;
const HEADER_BYTES = 1 + CHECKSUM_BYTES;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** FNV-1a, 32 bits. Each step is a bijection, so a change of any single byte always shows. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

export const fnv1aOfText = (text: string): number => fnv1a(encoder.encode(text));

/** `format` tells kinds and versions of tokens apart (0–255). */
export function encodeToken(format: number, payload: unknown): string {
  const body = encoder.encode(JSON.stringify(payload));
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  bytes[0] = format;
  bytes.set(body, HEADER_BYTES);
  new DataView(bytes.buffer).setUint32(1, checksum(format, body));
  return bytesToBase64Url(bytes);
}

/** The payload, or undefined if the text is no token of this format, is damaged or was cut short. */
export function decodeToken(format: number, token: string): unknown {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const bytes = base64UrlToBytes(token);
  if (!bytes || bytes.length <= HEADER_BYTES || bytes[0] !== format) return undefined;
  const body = bytes.subarray(HEADER_BYTES);
  if (new DataView(bytes.buffer).getUint32(1) !== checksum(format, body)) return undefined;
  try {
    return JSON.parse(decoder.decode(body));
  } catch {
    return undefined;
  }
}

const checksum = (format: number, body: Uint8Array): number => (fnv1a(body) ^ Math.imul(format, 0x9e3779b1)) >>> 0;

function bytesToBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Undefined unless the text is exactly what {@link bytesToBase64Url} makes of some bytes (unused trailing bits are zero). */
function base64UrlToBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return bytesToBase64Url(bytes) === text ? bytes : undefined;
}
