/**
 * Static check of generated SQL against the platform's documented limits (`src/shards/limits.ts`), some of which local
 * workerd does not enforce: what passes here runs in production too.
 */
import {
  MAX_BOUND_PARAMETERS,
  MAX_COMPOUND_SELECT_TERMS,
  MAX_FUNCTION_ARGUMENTS,
  MAX_STATEMENT_BYTES,
} from '../../src/shards/limits.ts';

/** What is wrong with a statement; empty if nothing is. (Depth is enforced by local workerd itself.) */
export function checkSqlLimits(sql: string): string[] {
  const problems: string[] = [];
  const check = (what: string, actual: number, limit: number) => {
    if (actual > limit) problems.push(`Expected at most ${limit} ${what}, but got ${actual}: ${sql.slice(0, 200)}`);
  };
  check('bytes', new TextEncoder().encode(sql).length, MAX_STATEMENT_BYTES);
  const tokens = tokenize(sql);
  check('parameters', countParameters(tokens), MAX_BOUND_PARAMETERS);
  for (const [name, count] of functionCalls(tokens)) check(`arguments of ${name}()`, count, MAX_FUNCTION_ARGUMENTS);
  for (const terms of compoundTerms(tokens)) check('terms of a compound SELECT', terms, MAX_COMPOUND_SELECT_TERMS);
  return problems;
}

/** Words, numbers, quoted names and texts, and single characters. Comments and blanks are left out. */
const tokenize = (sql: string): string[] =>
  sql
    .replace(/--[^\n]*|\/\*[^]*?\*\//g, ' ')
    .match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\?\d*|[\p{L}_][\p{L}\p{N}_]*|[\d.]+|[^\s]/gu) ?? [];

/** `?` takes the next number, `?N` the number N; the greatest counts. */
function countParameters(tokens: readonly string[]): number {
  let greatest = 0;
  for (const token of tokens) {
    if (token === '?') greatest++;
    else if (token.startsWith('?')) greatest = Math.max(greatest, Number(token.slice(1)));
  }
  return greatest;
}

/** Words before a parenthesis that call nothing. */
const NOT_FUNCTIONS = new Set(
  'and as by check conflict else exists from in into is join limit not on or over partition references returning select set then union unique using values when where all key'.split(
    ' ',
  ),
);

function functionCalls(tokens: readonly string[]): [name: string, args: number][] {
  const calls: [string, number][] = [];
  for (const [at, token] of tokens.entries()) {
    const isName = /^[\p{L}_]/u.test(token) && !NOT_FUNCTIONS.has(token.toLowerCase());
    // A table's column list in INSERT INTO or CREATE is no call.
    const before = tokens[at - 1]?.toLowerCase();
    if (!isName || tokens[at + 1] !== '(' || before === 'into' || before === 'table' || before === 'on') continue;
    let depth = 0;
    let args = tokens[at + 2] === ')' ? 0 : 1;
    for (let end = at + 1; end < tokens.length; end++) {
      if (tokens[end] === '(') depth++;
      else if (tokens[end] === ')' && --depth === 0) break;
      else if (tokens[end] === ',' && depth === 1) args++;
    }
    calls.push([token, args]);
  }
  return calls;
}

/** Number of terms of each compound SELECT. */
function compoundTerms(tokens: readonly string[]): number[] {
  const finished: number[] = [];
  const open = [1];
  for (const token of tokens) {
    const word = token.toLowerCase();
    if (word === '(') open.push(1);
    else if (word === ')' || word === ';') {
      finished.push(open.pop() ?? 1);
      if (word === ';' || open.length === 0) open.push(1);
    } else if (word === 'union' || word === 'intersect' || word === 'except') open[open.length - 1]!++;
  }
  return [...finished, ...open];
}
