/** Tests that pages name as proof: `` `tests/….test.ts`: title ``. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../../..');

/** A title is a text that something is called with first, before more: `it('…', …)`, `describe.each(…)('…', …)`; or the row of a table of tests. */
const TITLE = /[([]\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1\s*,/g;

/**
 * What is wrong with a proof; null: the file has a test, or a group of tests, of that title. A title that is computed is named up
 * to the first value in it.
 */
export function proofProblem(proof: string): string | null {
  const [, path, title] = /^`(tests\/\S+\.test\.ts)`: (.+)$/.exec(proof) ?? [];
  if (path === undefined || title === undefined) return `Expected \`tests/….test.ts\`: title, but got ${proof}.`;
  const titles = [...readFileSync(join(PROJECT, path), 'utf8').matchAll(TITLE)].map(([, quote, text]) =>
    quote === '`' ? text!.split(/[ :(]*(?:SEED=)?\$\{/)[0]! : text!.replaceAll('\\', ''),
  );
  return titles.includes(title) ? null : `Expected a test of ${path} that is called "${title}", but found none.`;
}
