/**
 * Work that is left to do belongs to issues, where it is seen. Notes of it in files are found by the words that editors
 * mark too: in capitals wherever they stand alone, in any case where they begin a comment or a colon follows.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Brackets of one letter keep this file from finding itself.
const WORD = '(?:TOD[O]|FIXM[E]|XX[X])';
const IN_CAPITALS = new RegExp(`(?<![A-Za-z0-9])${WORD}(?![A-Za-z0-9])`);
const IN_ANY_CASE = new RegExp(`(?<![a-z0-9])${WORD}\\s*[:(]|(?://|/\\*|\\*|#|--|@)\\s*${WORD}(?![a-z0-9])`, 'i');

/** One sentence per line that notes work left. */
export const workLeftProblems = (path: string, text: string): string[] =>
  text.split('\n').flatMap((line, index) => {
    const found = IN_CAPITALS.exec(line) ?? IN_ANY_CASE.exec(line);
    if (!found) return [];
    const note = line.slice(found.index).trim().slice(0, 60);
    return [`${path}:${index + 1}: Expected no note of work left, but got "${note}". Do it, or file an issue.`];
  });

/** Over all text files of the repository, those included that are not committed yet. */
export function workLeftIn(project: string): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { cwd: project, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) return ['Expected a git repository, whose files are looked at, but got none.'];
  return stdout.split('\0').flatMap((path) => workLeftProblems(path, textOf(join(project, path))));
}

/** Empty for what is no text, and for what is no file: deleted and not committed, a link to a folder. */
function textOf(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? '' : text;
  } catch {
    return '';
  }
}
