import { sqlTokens } from './sql-tokens.ts';

/** What stands between statements in generated files. To SQLite it is a comment. */
export const BREAKPOINT = '\n--> statement-breakpoint\n';

const BREAKPOINTS = /\r?\n--> statement-breakpoint[ \t]*\r?\n/;

/**
 * The statements of an SQL file, without white space around them. Authors leave out breakpoints: what is several statements
 * must not be taken for one, or what one of them says (`PRAGMA foreign_keys`) would go unheard.
 */
export const splitStatements = (sql: string): string[] => sql.split(BREAKPOINTS).flatMap(splitAtSemicolons);

function splitAtSemicolons(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let isTrigger = false;
  /** Of `BEGIN … END` and `CASE … END`. */
  let depth = 0;
  let words = 0;
  for (const { kind, text, end } of sqlTokens(sql)) {
    if (kind === 'symbol' && text === ';' && depth === 0) {
      if (words > 0) statements.push(sql.slice(start, end).trim());
      [start, words, isTrigger] = [end, 0, false];
      continue;
    }
    words++;
    if (kind !== 'word') continue;
    const word = text.toLowerCase();
    // CREATE TRIGGER, CREATE TEMP TRIGGER
    if (word === 'trigger' && words <= 3) isTrigger = true;
    if (word === 'case' || (word === 'begin' && isTrigger)) depth++;
    if (word === 'end') depth = Math.max(0, depth - 1);
  }
  const rest = sql.slice(start).trim();
  if (words > 0) statements.push(rest);
  // A comment at the end belongs to what stands before it.
  else if (rest.startsWith('-') && statements.length > 0) statements.push(`${statements.pop()!} ${rest}`);
  return statements;
}
