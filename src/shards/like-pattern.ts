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
}

export function parseLike(pattern: string): LikePattern {
  const tokens = tokenize(pattern);
  const matches = (text: string) => matchTokens(tokens, [...text]);
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
    return { decision: 'none', prefix, middle, suffix: '', matches };
  }
  if (runs.length === 1) return { decision: 'equal', prefix, middle: '', suffix: '', matches };
  return { decision: 'around', prefix, middle: inner[0] ?? '', suffix: runs.at(-1)!, matches };
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

/** Greedy with one point of return, the last `%`: at worst text × pattern steps, never exponential. */
function matchTokens(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let lastAnyText = -1;
  let resumeAt = 0;
  while (at < text.length) {
    const expected = tokens[token];
    if (expected === ANY_TEXT) {
      lastAnyText = token++;
      resumeAt = at;
    } else if (expected === ANY_CHARACTER || expected === text[at]) {
      token++;
      at++;
    } else if (lastAnyText >= 0) {
      token = lastAnyText + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (tokens[token] === ANY_TEXT) token++;
  return token === tokens.length;
}
