/**
 * Finds where a generated statement exceeds the platform's limits. Local workerd enforces some of them laxly or not at
 * all, so tests call this on everything ShardQL generates. It reads SQL as tokens, and errs on the strict side.
 */
import {
  MAX_BOUND_PARAMETERS,
  MAX_COMPOUND_SELECT_TERMS,
  MAX_EXPRESSION_DEPTH,
  MAX_FUNCTION_ARGUMENTS,
  MAX_STATEMENT_BYTES,
} from '../../src/shards/limits.ts';

type Token = string | Group;

/** What stands in parentheses, with the name before it where that makes it a function call. */
interface Group {
  readonly callee: string | null;
  readonly tokens: readonly Token[];
}

/** Sentences about the limits that `sql` exceeds; empty if it is within all of them. */
export function checkSqlLimits(sql: string): string[] {
  const problems: string[] = [];
  const bytes = new TextEncoder().encode(sql).length;
  if (bytes > MAX_STATEMENT_BYTES) problems.push(`${bytes} bytes exceed ${MAX_STATEMENT_BYTES}.`);
  const tokens = groupTokens(tokenize(sql));
  const parameters = countParameters(tokens);
  if (parameters > MAX_BOUND_PARAMETERS) problems.push(`${parameters} parameters exceed ${MAX_BOUND_PARAMETERS}.`);
  checkGroup({ callee: null, tokens }, problems);
  return problems;
}

const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\?\d*|[A-Za-z_][A-Za-z0-9_$]*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|->>|->|\|\||<=|>=|<>|!=|==|<<|>>|[^\s]/gi;

const tokenize = (sql: string): string[] => sql.match(TOKEN) ?? [];

const isName = (token: Token | undefined): token is string => typeof token === 'string' && /^[A-Za-z_]/.test(token);

/** Words before a parenthesis that do not make it a function call. */
const NOT_CALLEES = new Set(
  'AND AS BEGIN BETWEEN BY CASE CAST CHECK ELSE EXISTS FILTER FROM GLOB HAVING IN INTO IS JOIN KEY LIKE LIMIT MATERIALIZED NOT ON OR ORDER OVER REFERENCES RETURNING SELECT SET THEN UNIQUE USING VALUES WHEN WHERE CONFLICT'.split(
    ' ',
  ),
);

/** The function that parentheses after these tokens call; null where they are none, as in `INSERT INTO t (a, b)`. */
function calleeOf(tokens: readonly Token[]): string | null {
  const [beforeName, name] = tokens.slice(-2).length === 2 ? tokens.slice(-2) : [undefined, tokens[0]];
  if (!isName(name) || NOT_CALLEES.has(name.toUpperCase())) return null;
  const namesTable = isName(beforeName) && /^(INTO|AS|TABLE|REFERENCES|WITH|RECURSIVE)$/i.test(beforeName);
  return namesTable ? null : name;
}

function groupTokens(words: readonly string[]): Token[] {
  const stack: { callee: string | null; tokens: Token[] }[] = [{ callee: null, tokens: [] }];
  for (const word of words) {
    const current = stack.at(-1)!;
    if (word === '(') {
      stack.push({ callee: calleeOf(current.tokens), tokens: [] });
    } else if (word === ')') {
      const group = stack.pop()!;
      stack.at(-1)!.tokens.push(group);
    } else {
      current.tokens.push(word);
    }
  }
  if (stack.length !== 1) throw new Error('Expected balanced parentheses.');
  return stack[0]!.tokens;
}

/** `?` counts one each; `?3` counts as three parameters at least. */
function countParameters(tokens: readonly Token[]): number {
  let anonymous = 0;
  let greatest = 0;
  const visit = (token: Token): void => {
    if (typeof token !== 'string') token.tokens.forEach(visit);
    else if (token === '?') anonymous++;
    else if (/^\?\d+$/.test(token)) greatest = Math.max(greatest, Number(token.slice(1)));
  };
  tokens.forEach(visit);
  return Math.max(anonymous, greatest);
}

function checkGroup(group: Group, problems: string[]): void {
  const args = split(group.tokens, (token) => token === ',');
  if (group.callee !== null && args.length > MAX_FUNCTION_ARGUMENTS) {
    problems.push(`${args.length} arguments of ${group.callee}() exceed ${MAX_FUNCTION_ARGUMENTS}.`);
  }
  for (const statement of split(group.tokens, (token) => token === ';')) {
    const terms = 1 + statement.filter((token) => isName(token) && /^(UNION|INTERSECT|EXCEPT)$/i.test(token)).length;
    if (terms > MAX_COMPOUND_SELECT_TERMS) {
      problems.push(`${terms} terms of a compound SELECT exceed ${MAX_COMPOUND_SELECT_TERMS}.`);
    }
  }
  for (const expression of split(group.tokens, isBoundary)) {
    const depth = heightOf(expression);
    if (depth > MAX_EXPRESSION_DEPTH) problems.push(`A depth of ${depth} exceeds ${MAX_EXPRESSION_DEPTH}.`);
  }
  for (const token of group.tokens) if (typeof token !== 'string') checkGroup(token, problems);
}

/** Words and signs that end one expression and begin another. */
const BOUNDARY =
  /^(SELECT|FROM|WHERE|GROUP|ORDER|BY|HAVING|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT|ALL|VALUES|SET|ON|JOIN|CROSS|LEFT|INNER|RETURNING|CASE|WHEN|THEN|ELSE|END|BEGIN|INSERT|UPDATE|DELETE|AS|WITH|,|;)$/i;
const isBoundary = (token: Token): boolean => typeof token === 'string' && BOUNDARY.test(token);

/** Binary operators by precedence, the loosest first. Each chain of one level is a tree that leans to the left. */
const LEVELS: readonly RegExp[] = [
  /^OR$/i,
  /^AND$/i,
  /^NOT$/i,
  /^(=|==|<>|!=|IS|IN|LIKE|GLOB|MATCH|BETWEEN)$/i,
  /^(<|<=|>|>=)$/,
  /^(&|\||<<|>>)$/,
  /^(\+|-)$/,
  /^(\*|\/|%)$/,
  /^(\|\||->|->>)$/,
  /^COLLATE$/i,
];

/** Height of the expression tree, at most. */
function heightOf(tokens: readonly Token[], level = 0): number {
  if (tokens.length === 0) return 0;
  if (level === LEVELS.length) {
    return tokens.reduce(
      (height, token) => Math.max(height, typeof token === 'string' ? 1 : 1 + groupHeight(token)),
      0,
    );
  }
  const operands = split(tokens, (token) => typeof token === 'string' && LEVELS[level]!.test(token));
  const heights = operands.map((operand) => heightOf(operand, level + 1));
  return heights.reduce((height, operand) => Math.max(height, operand) + 1);
}

/**
 * A SELECT in parentheses adds the height of its highest expression, but not what is in subqueries of its FROM; a CASE
 * adds that of its highest branch.
 */
function groupHeight(group: Group): number {
  let inFrom = false;
  let height = 0;
  let part: Token[] = [];
  const close = () => {
    height = Math.max(height, heightOf(inFrom ? part.filter((token) => typeof token === 'string') : part));
    part = [];
  };
  for (const token of group.tokens) {
    if (!isBoundary(token)) {
      part.push(token);
      continue;
    }
    close();
    if (/^(FROM|JOIN)$/i.test(token as string)) inFrom = true;
    else if (!/^(,|CROSS|LEFT|INNER|AS)$/i.test(token as string)) inFrom = false;
  }
  close();
  return height;
}

function split(tokens: readonly Token[], isSeparator: (token: Token) => boolean): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isSeparator(token)) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}
