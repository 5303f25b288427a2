/** Refuses bytes that are not UTF-8; otherwise U+FFFD would take their place, and be stored. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text, without a byte order mark before it; null if the bytes are not UTF-8 (overlong and surrogate forms are not). */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Index of the first byte that begins no character; null if there is none. */
export function findInvalidUtf8(bytes: Uint8Array): number | null {
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes[at]!);
    if (length === 0) return at;
    if (length > 1) {
      const character = bytes.subarray(at, at + length);
      if (character.length < length || decodeUtf8(character) === null) return at;
    }
    at += length;
  }
  return null;
}

/** Bytes of the character that begins with this one; 0: none does. */
function characterLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte < 0xe0) return 2;
  if (byte >= 0xe0 && byte < 0xf0) return 3;
  return byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

/** Such as `the byte 0xE9 at byte 17`, for messages. @param offset of the first of `bytes` in what is counted. */
export function describeInvalidUtf8(bytes: Uint8Array, offset = 0): string {
  const at = findInvalidUtf8(bytes) ?? 0;
  const hex = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  return `the byte 0x${hex} at byte ${offset + at}`;
}
