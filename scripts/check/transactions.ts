/**
 * A transaction in a shard is one synchronous function: an `await` inside would let other requests in between, and
 * `transactionSync` would commit early, as it takes an async callback's promise for its result. TypeScript 7 has no
 * compiler API, so this reads the text, with strings and comments blanked.
 */
import { blankStringsAndComments, readSourceFiles, type SourceFile } from './source-files.ts';

/** Files of the server that wait for something, outside transactions; all others are synchronous from end to end. */
const MAY_WAIT: readonly RegExp[] = [
  // Tasks wait, and what asks others.
  /^src\/shards\/server\/(shard|open-shard|shard-env|handlers)\.ts$/,
  // Under overload calls wait for their turn, and writes for those that become durable with them, before anything of them begins.
  /^src\/shards\/server\/(turns|commit-groups)\.ts$/,
  // Other shards are asked for what is merged with this shard's own answers.
  /^src\/shards\/server\/gather-reads\.ts$/,
  /^src\/shards\/server\/migrate\/(migrator|installation|try-migrations|foreign-key-enforcement|rebuild\/rebuild-steps)\.ts$/,
  // Restores go on for as long as they take, between steps that are durable each by itself.
  /^src\/shards\/server\/recovery\/restorer\.ts$/,
  // Copies ask other shards for pages, and look through a log in parts.
  /^src\/shards\/server\/(recovery\/copy\/(copier|copy-source)|backup\/survey-past)\.ts$/,
  // Puts to KV take their time, and requests must go on meanwhile.
  /^src\/shards\/server\/freshness\/publisher\.ts$/,
  // Tasks may take their time; each is a row until it is done.
  /^src\/shards\/server\/tasks\/tasks\.ts$/,
  // Trimming gives way to requests after each step, and an archive takes its time.
  /^src\/shards\/server\/log\/(log-trimmer|archive\/log-(archive|object|recall))\.ts$/,
  // The platform is asked for bookmarks, and the catalog whether a database has gone back to one.
  /^src\/shards\/server\/(bookmarks\/(platform|shard)-bookmarks|placement\/restored-fence)\.ts$/,
  // It waits for shards, between steps that are durable each by itself.
  /^src\/shards\/catalog\//,
  // Its methods are those of an RPC; nothing in them waits.
  /^src\/shards\/monitor\/monitor\.ts$/,
  // The receiver of alerts takes its time; what it is told is stored before.
  /^src\/shards\/monitor\/delivery\//,
];

/**
 * Files with transactions. Rows are written in that of a commit alone, or of a step of a restore, so that no write can
 * leave out the version, the operation id, the log's origin or the stamps.
 */
const MAY_TRANSACT: readonly RegExp[] = [
  /^src\/shards\/server\/commit\/commit\.ts$/,
  // Rolled back, or of the shard's own: a version that is raised; a step of a restore, which is a commit with a version of its own.
  /^src\/shards\/server\/recovery\/(as-of|look-back|restore-steps|copy\/copy-steps)\.ts$/,
  // Schema, triggers and full-text indexes; tables that are rebuilt in steps.
  /^src\/shards\/server\/migrate\/(installation|try-migrations|rebuild\/rebuild-steps)\.ts$/,
  // Slots, and the version that comes with them.
  /^src\/shards\/server\/placement\/ownership\.ts$/,
  // The log's own rows, and how much of it is gone.
  /^src\/shards\/server\/log\/(log-trimmer|archive\/log-recall)\.ts$/,
  // Totals and windows, and that they are stored.
  /^src\/shards\/monitor\/monitor\.ts$/,
  // The catalog holds no rows.
  /^src\/shards\/catalog\//,
];

const ASYNCHRONOUS = /\b(async|await|Promise|setTimeout|setInterval|queueMicrotask)\b|\.(then|catch|finally)\s*\(/g;
const TRANSACTION = /\b(?:transactionSync|transaction)\s*(?:<[^()]*>)?\(/g;

/** The files that run in Durable Objects. */
export const readTransactedFiles = (project: string): SourceFile[] =>
  ['server', 'catalog', 'monitor', 'sql'].flatMap((folder) => readSourceFiles(project, `src/shards/${folder}`));

/** One sentence per place where a transaction, or a file that must be synchronous, waits; or where there must be no transaction. */
export const transactionProblems = (files: readonly SourceFile[]): string[] => files.flatMap(problemsOf);

function problemsOf({ path, text }: SourceFile): string[] {
  const code = blankStringsAndComments(text);
  const lineOf = (position: number): number => text.slice(0, position).split('\n').length;
  const found = (start: number, end: number, place: string): string[] =>
    [...code.slice(start, end).matchAll(ASYNCHRONOUS)].map(
      (match) => `${path}:${lineOf(start + match.index)}: "${match[0].trim()}" ${place}.`,
    );
  const transactions = [...code.matchAll(TRANSACTION)];
  const waits = MAY_WAIT.some((pattern) => pattern.test(path))
    ? transactions.flatMap((match) => {
        const start = match.index + match[0].length;
        return found(start, closingParenthesis(code, start), 'inside a transaction');
      })
    : found(0, code.length, 'in a file of the shard that must be synchronous');
  const unexpected = MAY_TRANSACT.some((pattern) => pattern.test(path)) ? [] : transactions;
  return [
    ...waits,
    ...unexpected.map(
      ({ index }) => `${path}:${lineOf(index)}: a transaction of its own: rows are written by commit/commit.ts alone.`,
    ),
  ];
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
