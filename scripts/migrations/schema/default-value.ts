/** What kind of SQL text a column's default is. */
import { sqlTokens } from './sql-tokens.ts';

/** A literal: SQLite can give it to the rows of a table without writing them. */
export function isConstant(sql: string): boolean {
  const tokens = sqlTokens(sql);
  const unsigned = /^[+-]$/.test(tokens[0]?.text ?? '') ? tokens.slice(1) : tokens;
  const [token] = unsigned;
  if (unsigned.length !== 1 || token === undefined) return false;
  return token.kind === 'string' || token.kind === 'number' || /^(?:null|true|false)$/i.test(token.text);
}

/** `CURRENT_TIMESTAMP` and its like. */
export const isMoment = (sql: string): boolean => /^\s*current_(?:timestamp|date|time)\s*$/i.test(sql);

/** The whole text stands in one pair of parentheses. */
export function isParenthesized(sql: string): boolean {
  const tokens = sqlTokens(sql);
  let depth = 0;
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'symbol') continue;
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth === 0) return at === tokens.length - 1 && tokens[0]!.text === '(';
  }
  return false;
}

/**
 * The default as an expression in a query, where `true` and `false` would be columns of these names, if there are such:
 * in a declaration there are none.
 */
export function defaultInQuery(sql: string): string {
  let text = '';
  let position = 0;
  for (const token of sqlTokens(sql)) {
    const value = token.kind === 'word' ? /^(?:(true)|false)$/i.exec(token.text) : null;
    if (value === null) continue;
    text += sql.slice(position, token.start) + (value[1] === undefined ? '0' : '1');
    position = token.end;
  }
  return text + sql.slice(position);
}
