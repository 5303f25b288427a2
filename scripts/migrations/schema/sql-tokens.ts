/** SQL text as tokens, to compare and to rewrite it without being misled by strings, quotes and comments. */

export interface SqlToken {
  readonly kind: 'name' | 'word' | 'string' | 'number' | 'symbol';
  /** As written; of a quoted name without its quotes. */
  readonly text: string;
  /** Where it was written. */
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>[xX]?'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX][\da-fA-F]+)|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)|(?<symbol>->>|->|\|\||<<|>>|<=|>=|<>|==|!=|[\s\S])/gu;

export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  for (const { 0: text, index: start, groups } of sql.matchAll(TOKEN)) {
    if (groups!.space !== undefined) continue;
    const place = { start, end: start + text.length };
    if (groups!.name !== undefined) tokens.push({ kind: 'name', text: unquoted(text), ...place });
    else if (groups!.string !== undefined) tokens.push({ kind: 'string', text, ...place });
    else if (groups!.number !== undefined) tokens.push({ kind: 'number', text, ...place });
    else tokens.push({ kind: groups!.word === undefined ? 'symbol' : 'word', text, ...place });
  }
  return tokens;
}

function unquoted(text: string): string {
  const quote = text.at(-1)!;
  return text.slice(1, -1).replaceAll(quote + quote, quote === ']' ? ']]' : quote);
}

/** Words that are values where they are not quoted. */
const VALUE_WORDS = new Set(['null', 'true', 'false', 'current_date', 'current_time', 'current_timestamp']);
const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** One text for expressions that differ only in white space, comments, quotes of names and case. */
export const canonicalSql = (tokens: readonly SqlToken[]): string =>
  tokens
    .map(({ kind, text }) => {
      if (kind === 'string' || kind === 'symbol') return text;
      const lowerCase = text.toLowerCase();
      const isQuoted = kind === 'name' && (VALUE_WORDS.has(lowerCase) || !PLAIN_NAME.test(text));
      return isQuoted ? JSON.stringify(lowerCase) : lowerCase;
    })
    .join(' ');

/** Names that qualify others by a table (`notes.title`): the places of the table's name. */
export const isQualifier = (tokens: readonly SqlToken[], at: number, tableName: string): boolean =>
  isName(tokens[at]) &&
  tokens[at]!.text.toLowerCase() === tableName.toLowerCase() &&
  tokens[at + 1]?.text === '.' &&
  tokens[at - 1]?.text !== '.';

export const isName = (token: SqlToken | undefined): boolean => token?.kind === 'name' || token?.kind === 'word';

/** The tokens without a table's name before its columns: in its own checks and indexes it says nothing. */
export const withoutQualifiers = (tokens: readonly SqlToken[], tableName: string): SqlToken[] =>
  tokens.filter((_, at) => !isQualifier(tokens, at, tableName) && !(at > 0 && isQualifier(tokens, at - 1, tableName)));

/** The text with another table's name before columns. */
export function requalified(sql: string, tableName: string, newName: string): string {
  const tokens = sqlTokens(sql);
  let text = '';
  let position = 0;
  for (const [at, { start, end }] of tokens.entries()) {
    if (!isQualifier(tokens, at, tableName)) continue;
    text += `${sql.slice(position, start)}${quoteName(newName)}`;
    position = end;
  }
  return text + sql.slice(position);
}

/** As drizzle-kit quotes; names with back-ticks are refused by the model's rules. */
export const quoteName = (name: string): string => `\`${name}\``;
