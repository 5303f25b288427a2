import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The question and the non-goals as the README states them, to be read before the figures. */
export function readQuestion(): string {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const question = /## Question\n[\s\S]*?(?=\n## (?!Non-goals))/.exec(readme);
  if (!question) throw new Error('Expected bench/README.md to state the question, but found no such section.');
  return question[0].replace(/^## /gm, '').trim();
}
