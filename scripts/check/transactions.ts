/**
 * A transaction in a shard is one synchronous function: an `await` inside would let other requests in between, and
 * `transactionSync` would commit early, as it takes an async callback's promise for its result. TypeScript 7 has no
 * compiler API, so this reads the text, with strings and comments blanked.
 */
import { blankStringsAndComments, type SourceFile } from './source-files.ts';

/** Files of the server that wait for something, outside transactions; all others are synchronous from end to end. */
const MAY_WAIT: readonly RegExp[] = [
  /^src\/shards\/server\/shard\.ts$/,
  /^src\/shards\/server\/migrate\/(migrator|foreign-key-enforcement)\.ts$/,
  // Puts to KV take their time, and requests must go on meanwhile.
  /^src\/shards\/server\/publish\/(publisher|timing)\.ts$/,
  /^src\/shards\/server\/catalog\.ts$/,
  /^src\/shards\/server\/catalog\//,
];

const ASYNCHRONOUS = /\b(async|await|Promise|setTimeout|setInterval|queueMicrotask)\b|\.(then|catch|finally)\s*\(/g;
const TRANSACTION = /\b(?:transactionSync|transaction)\s*(?:<[^()]*>)?\(/g;

/** One sentence per place where a transaction, or a file that must be synchronous, waits. */
export const transactionProblems = (files: readonly SourceFile[]): string[] => files.flatMap(problemsOf);

function problemsOf({ path, text }: SourceFile): string[] {
  const code = blankStringsAndComments(text);
  const lineOf = (position: number): number => text.slice(0, position).split('\n').length;
  const found = (start: number, end: number, place: string): string[] =>
    [...code.slice(start, end).matchAll(ASYNCHRONOUS)].map(
      (match) => `${path}:${lineOf(start + match.index)}: "${match[0].trim()}" ${place}.`,
    );
  if (!MAY_WAIT.some((pattern) => pattern.test(path))) {
    return found(0, code.length, 'in a file of the shard that must be synchronous');
  }
  return [...code.matchAll(TRANSACTION)].flatMap((match) => {
    const start = match.index + match[0].length;
    return found(start, closingParenthesis(code, start), 'inside a transaction');
  });
}

/** Position of the parenthesis that closes the one before `start`. */
function closingParenthesis(code: string, start: number): number {
  let depth = 1;
  for (let position = start; position < code.length; position++) {
    if (code[position] === '(') depth++;
    if (code[position] === ')' && --depth === 0) return position;
  }
  throw new Error('Expected balanced parentheses.');
}
