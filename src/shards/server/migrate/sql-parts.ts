/** Reads the parts of a statement that a failure is explained by. What it does not understand it gives up on. */

/** Positions are within the text; quoted names, texts, comments and what is in parentheses are single tokens. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const PIECE =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\s+|[\s\S]/g;

/** Tokens outside parentheses; each pair of parentheses with all that is in it is one token. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let opened = 0;
  for (const { 0: text, index } of sql.matchAll(PIECE)) {
    if (text === '(' && depth++ === 0) opened = index;
    else if (text === ')' && --depth === 0)
      tokens.push({ text: sql.slice(opened, index + 1), start: opened, end: index + 1 });
    else if (depth === 0 && !/^(\s|--|\/\*)/.test(text)) tokens.push({ text, start: index, end: index + text.length });
  }
  const isEnded = tokens.at(-1)?.text === ';';
  return isEnded ? tokens.slice(0, -1) : tokens;
}

export const isWord = (token: Token | undefined, word: string): boolean => token?.text.toUpperCase() === word;

/** A name without its quotes; other text as it is. */
export function unquoted(text: string): string {
  const match = /^(?:(["`])((?:(?!\1).|\1\1)*)\1|\[([^\]]*)\])$/s.exec(text);
  if (!match) return text;
  const [, quote, name, bracketed] = match;
  return quote === undefined ? bracketed! : name!.replaceAll(quote + quote, quote);
}

/** What is between commas, in parentheses. */
export function itemsOf(list: string): string[] {
  const inner = list.slice(1, -1);
  const items: string[] = [];
  let start = 0;
  for (const { text, start: at, end } of tokensOf(inner)) {
    if (text !== ',') continue;
    items.push(inner.slice(start, at).trim());
    start = end;
  }
  return [...items, inner.slice(start).trim()];
}

/** `INSERT INTO table (columns) SELECT …`, as a table rebuild copies rows. */
export interface InsertSelect {
  readonly table: string;
  readonly columns: readonly string[];
  /** The query, without a closing semicolon. */
  readonly select: string;
}

export function parseInsertSelect(sql: string): InsertSelect | null {
  const tokens = tokensOf(sql);
  const [insert, into, table, columns, select] = tokens;
  if (!isWord(insert, 'INSERT') || !isWord(into, 'INTO') || !columns?.text.startsWith('(')) return null;
  if (!isWord(select, 'SELECT') && !isWord(select, 'WITH')) return null;
  if (tokens.some((token) => isWord(token, 'CONFLICT') || isWord(token, 'RETURNING'))) return null;
  return {
    table: unquoted(table!.text),
    columns: itemsOf(columns.text).map(unquoted),
    select: sql.slice(select!.start, tokens.at(-1)!.end),
  };
}

/** `CREATE UNIQUE INDEX name ON table (terms) WHERE condition`. */
interface UniqueIndex {
  readonly name: string;
  readonly table: string;
  /** Expressions, without their order. */
  readonly terms: readonly string[];
  readonly condition: string | null;
}

export function parseUniqueIndex(sql: string): UniqueIndex | null {
  const tokens = tokensOf(sql);
  const on = tokens.findIndex((token) => isWord(token, 'ON'));
  if (!isWord(tokens[0], 'CREATE') || !isWord(tokens[1], 'UNIQUE') || on < 0) return null;
  const [name, table, terms, where] = [tokens[on - 1]!, tokens[on + 1], tokens[on + 2], tokens[on + 3]];
  if (!table || !terms?.text.startsWith('(')) return null;
  return {
    name: unquoted(name.text),
    table: unquoted(table.text),
    terms: itemsOf(terms.text).map((term) => term.replace(/\s+(ASC|DESC)$/i, '')),
    condition: isWord(where, 'WHERE') ? sql.slice(where!.end, tokens.at(-1)!.end) : null,
  };
}

/** `UPDATE table SET … WHERE condition`. */
export interface Update {
  readonly table: string;
  /** All before the condition. */
  readonly head: string;
  readonly condition: string | null;
}

export function parseUpdate(sql: string): Update | null {
  const tokens = tokensOf(sql);
  if (!isWord(tokens[0], 'UPDATE') || !isWord(tokens[2], 'SET')) return null;
  if (tokens.some((token) => ['FROM', 'RETURNING', 'ORDER', 'LIMIT'].some((word) => isWord(token, word)))) return null;
  const where = tokens.find((token) => isWord(token, 'WHERE'));
  const end = tokens.at(-1)!.end;
  return {
    table: unquoted(tokens[1]!.text),
    head: sql.slice(0, where?.start ?? end),
    condition: where ? sql.slice(where.end, end) : null,
  };
}

/** `ALTER TABLE table DROP COLUMN column`. */
export function parseColumnDrop(sql: string): { readonly table: string; readonly column: string } | null {
  const [alter, , table, drop, word, name] = tokensOf(sql);
  if (!isWord(alter, 'ALTER') || !isWord(drop, 'DROP')) return null;
  const column = isWord(word, 'COLUMN') ? name : word;
  return { table: unquoted(table!.text), column: unquoted(column?.text ?? '') };
}

/** What a statement does to tables, as far as rows are concerned. */
type RowEffect =
  | { readonly kind: 'rows' }
  | { readonly kind: 'drop'; readonly table: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'none' };

/** Statements that define something: no row has another value after them. */
const DEFINITIONS = ['CREATE', 'ALTER', 'DROP', 'PRAGMA', 'ANALYZE', 'REINDEX'];

export function rowEffect(sql: string): RowEffect {
  const tokens = tokensOf(sql);
  const [first, second, third] = tokens;
  if (isWord(first, 'DROP') && isWord(second, 'TABLE')) {
    const named = isWord(third, 'IF') ? tokens[4] : third;
    return { kind: 'drop', table: unquoted(named?.text ?? '') };
  }
  if (isWord(first, 'ALTER') && isWord(tokens[3], 'RENAME') && isWord(tokens[4], 'TO')) {
    return { kind: 'rename', from: unquoted(third!.text), to: unquoted(tokens[5]!.text) };
  }
  return { kind: DEFINITIONS.some((word) => isWord(first, word)) ? 'none' : 'rows' };
}

const SHOWN_LENGTH = 80;

/** The beginning of a statement on one line. */
export function shortSql(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim().replace(/;$/, '');
  return line.length <= SHOWN_LENGTH ? line : `${line.slice(0, SHOWN_LENGTH).toWellFormed().trimEnd()} …`;
}
