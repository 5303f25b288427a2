const LAST_CODE_POINT = 0x10ffff;

/**
 * The least text greater than every text that starts with `prefix`, by code point; null if there is none (nothing but
 * U+10FFFF).
 */
export function textSuccessor(prefix: string): string | null {
  const characters = [...prefix];
  while (characters.length > 0) {
    const last = characters.pop()!.codePointAt(0)!;
    if (last === LAST_CODE_POINT) continue;
    // Surrogates are no characters.
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return characters.join('') + String.fromCodePoint(next);
  }
  return null;
}
