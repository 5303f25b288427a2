/** Operators on text: those with an `i` in front fold both sides with `toLowerCase()`. */

export function textTest(operator: string, text: string, operand: string): boolean {
  const folds = operator.startsWith('i');
  const fold = (one: string) => (folds ? one.toLowerCase() : one);
  return TEXTS[folds ? operator.slice(1) : operator]!(fold(text), fold(operand));
}

const TEXTS: Readonly<Record<string, (text: string, operand: string) => boolean>> = {
  eq: (text, operand) => text === operand,
  contains: (text, operand) => text.includes(operand),
  startsWith: (text, operand) => text.startsWith(operand),
  endsWith: (text, operand) => text.endsWith(operand),
  like: (text, operand) => isLike([...text], likeTokens(operand)),
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

/** Which prefixes of the text the tokens so far can match. */
function isLike(text: readonly string[], tokens: readonly LikeToken[]): boolean {
  let ends = [true, ...text.map(() => false)];
  for (const token of tokens) {
    const next = ends.map(() => false);
    for (let at = 0; at < ends.length; at++) {
      if ('any' in token && token.any === 'text') next[at] = ends[at]! || (at > 0 && next[at - 1]!);
      else if (at > 0 && ends[at - 1]) next[at] = 'any' in token || token.is === text[at - 1];
    }
    ends = next;
  }
  return ends.at(-1)!;
}
