/**
 * Compares well-formed text as SQLite's BINARY collation does: by the bytes of its UTF-8. JavaScript's own order, by
 * UTF-16 units, differs where a character beyond U+FFFF (two units, D800 to DFFF) meets one of U+E000 to U+FFFF.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB);
  }
  return a.length - b.length;
}

/** Moves surrogates above all other units, keeping order otherwise. */
const codePointRank = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
};
