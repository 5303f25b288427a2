/**
 * Operators on text: those with an `i` in front fold both sides with `toLowerCase()`. In patterns `_` is one code point of
 * the text before it is folded.
 */
export function textTest(operator: string, text: string, operand: string): boolean {
  if (operator === 'ilike') return isLike(foldEach(text), likeTokens(operand.toLowerCase()));
  const folds = operator.startsWith('i');
  const fold = (one: string) => (folds ? one.toLowerCase() : one);
  return TEXTS[folds ? operator.slice(1) : operator]!(fold(text), fold(operand));
}

const TEXTS: Readonly<Record<string, (text: string, operand: string) => boolean>> = {
  eq: (text, operand) => text === operand,
  contains: (text, operand) => text.includes(operand),
  startsWith: (text, operand) => text.startsWith(operand),
  endsWith: (text, operand) => text.endsWith(operand),
  like: (text, operand) =>
    isLike(
      [...text].map((one) => [one]),
      likeTokens(operand),
    ),
};

type LikeToken = { readonly any: 'text' | 'one' } | { readonly is: string };

function likeTokens(pattern: string): LikeToken[] {
  const tokens: LikeToken[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    const next = characters[at + 1];
    if (character === '\\' && next !== undefined && '%_\\'.includes(next)) {
      tokens.push({ is: next });
      at++;
    } else if (character === '%') tokens.push({ any: 'text' });
    else tokens.push(character === '_' ? { any: 'one' } : { is: character });
  }
  return tokens;
}

/** What each code point folds to: cut out of the whole folded text, since the end of a word decides what Σ folds to. */
function foldEach(text: string): string[][] {
  const folded = [...text.toLowerCase()];
  return [...text].map((one) => folded.splice(0, [...one.toLowerCase()].length));
}

/** Which beginnings of the text, cut between or within its letters, the tokens so far can match. */
function isLike(letters: readonly (readonly string[])[], tokens: readonly LikeToken[]): boolean {
  const text = letters.flat();
  const lengthAt = new Map<number, number>();
  let start = 0;
  for (const { length } of letters) {
    lengthAt.set(start, length);
    start += length;
  }
  let ends = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const end of ends) {
      if ('is' in token) {
        if (text[end] === token.is) next.add(end + 1);
      } else if (token.any === 'text') for (let at = end; at <= text.length; at++) next.add(at);
      else if (lengthAt.has(end)) next.add(end + lengthAt.get(end)!);
    }
    ends = next;
  }
  return ends.has(text.length);
}
