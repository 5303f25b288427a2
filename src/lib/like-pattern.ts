/**
 * Patterns of `like`: `%` stands for any text, `_` for one code point; `\%`, `\_` and `\\` for the character itself. A
 * backslash before anything else is a backslash. Any length: SQLite's own LIKE refuses patterns beyond 50 bytes.
 */

const ANY_TEXT = 0;
const ANY_CHARACTER = 1;
type Token = string | typeof ANY_TEXT | typeof ANY_CHARACTER;

export interface LikePattern {
  /**
   * How SQL decides the pattern: `equal` to `prefix`; `around`, it is `prefix%middle%suffix`; or `none`, only
   * {@link matches} decides, and `prefix` and `middle` are texts that every match starts with and contains.
   */
  readonly decision: 'equal' | 'around' | 'none';
  readonly prefix: string;
  readonly middle: string;
  readonly suffix: string;
  matches(text: string): boolean;
  /**
   * The same for a pattern that was folded by `toLowerCase()`: literals are compared with the folded text, and `_` stands
   * for one code point of the text as it is, however many it folds to (`İ` folds to two).
   */
  matchesFolded(text: string): boolean;
}

export function parseLike(pattern: string): LikePattern {
  const tokens = tokenize(pattern);
  const matches = (text: string) => matchTokens(tokens, [...text], null);
  const matchesFolded = (text: string) => matchTokens(tokens, [...text.toLowerCase()], foldedLengths(text));
  // Literal runs between wildcards; `_` ends a run too.
  const runs: string[] = [''];
  for (const token of tokens) {
    if (typeof token === 'string') runs[runs.length - 1] += token;
    else runs.push('');
  }
  const prefix = runs[0]!;
  const inner = runs.slice(1, -1).filter((run) => run !== '');
  if (tokens.includes(ANY_CHARACTER) || inner.length > 1) {
    const middle = runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
    return { decision: 'none', prefix, middle, suffix: '', matches, matchesFolded };
  }
  if (runs.length === 1) return { decision: 'equal', prefix, middle: '', suffix: '', matches, matchesFolded };
  return { decision: 'around', prefix, middle: inner[0] ?? '', suffix: runs.at(-1)!, matches, matchesFolded };
}

function tokenize(pattern: string): Token[] {
  const characters = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    const next = characters[at + 1];
    if (character === '\\' && (next === '%' || next === '_' || next === '\\')) {
      tokens.push(next);
      at++;
    } else if (character === '%') tokens.push(ANY_TEXT);
    else if (character === '_') tokens.push(ANY_CHARACTER);
    else tokens.push(character);
  }
  return tokens;
}

/**
 * Into how many code points each code point of a text folds, at the position where they begin in the folded text; 0 at
 * positions within them. (Where a letter stands in a word decides only what Σ folds to, never into how many.)
 */
function foldedLengths(text: string): readonly number[] {
  const lengths: number[] = [];
  for (const character of text) {
    const { length } = [...character.toLowerCase()];
    lengths.push(length);
    for (let within = 1; within < length; within++) lengths.push(0);
  }
  return lengths;
}

/**
 * Greedy with one point of return, the last `%`: at worst text × pattern steps, never exponential.
 *
 * @param lengths how many characters `_` takes at each position, 0 for none; null: one everywhere.
 */
function matchTokens(tokens: readonly Token[], text: readonly string[], lengths: readonly number[] | null): boolean {
  let token = 0;
  let at = 0;
  let lastAnyText = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const expected = tokens[token];
    const taken = expected === ANY_CHARACTER ? (lengths === null ? 1 : lengths[at]!) : expected === text[at] ? 1 : 0;
    if (expected === ANY_TEXT) {
      lastAnyText = token++;
      resumeAt = at;
    } else if (taken > 0) {
      token++;
      at += taken;
    } else if (lastAnyText >= 0) {
      token = lastAnyText + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (tokens[token] === ANY_TEXT) token++;
  return token === tokens.length;
}
