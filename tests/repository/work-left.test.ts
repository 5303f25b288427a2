import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { workLeftIn, workLeftProblems } from '../../scripts/check/work-left.ts';

const PROJECT = join(import.meta.dirname, '../..');
// In two parts, since this file is looked at as well.
const WORDS = [`TO${'DO'}`, `FIX${'ME'}`, `XX${'X'}`];
const linesFound = (text: string) => workLeftProblems('a', text).map((problem) => Number(problem.split(':')[1]));

/** A git repository with these files, of which the first is added. */
function repository(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-work-left-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['add', Object.keys(files)[0]!], { cwd: folder });
  return folder;
}

describe('notes of work left', () => {
  it('are nowhere in this project', () => {
    expect(workLeftIn(PROJECT)).toEqual([]);
  });

  it.each(WORDS)('are found by %s, wherever it stands', (word) => {
    const lower = word.toLowerCase();
    const planted = [
      `// ${word}: finish`,
      `const a = 1; // ${word}`,
      `/* ${word}(me) finish */`,
      ` * ${word} finish`,
      `# ${word}`,
      `-- ${word} finish`,
      `<!-- ${word} -->`,
      `it('works ${word}', () => {});`,
      `"${word}"`,
      `MY_${word}_1`,
      `This page is ${word}.`,
      `// ${lower} finish`,
      `// @${lower} finish`,
      `${lower}: finish`,
      `and ${lower}(me)`,
    ];
    expect(linesFound(planted.join('\n'))).toEqual(planted.map((_, index) => index + 1));
  });

  it('are not found in other words', () => {
    const [first = '', , third = ''] = WORDS;
    const others = [`mktemp ${third}${third}`, `${first}S`, `a table of ${first.toLowerCase()} items`, `9${third}`];
    expect(linesFound(others.join('\n'))).toEqual([]);
  });

  it('are found in every text file of a repository, committed or not, and told by file and line', () => {
    const note = `a\nb ${WORDS[0]} c`;
    const folder = repository({
      'docs/a.md': note,
      'scripts/b.ts': note,
      '.hidden': note,
      'no-extension': note,
      ignored: note,
      '.gitignore': 'ignored',
      image: Buffer.from(`\0${note}`),
    });
    symlinkSync('docs', join(folder, 'link'));
    expect(workLeftIn(folder).sort()).toEqual(
      ['.hidden', 'docs/a.md', 'no-extension', 'scripts/b.ts'].map(
        (path) => `${path}:2: Expected no note of work left, but got "${WORDS[0]} c". Do it, or file an issue.`,
      ),
    );
  });

  it('are looked for in repositories alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardql-work-left-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    expect(workLeftIn(folder)).toEqual([expect.stringContaining('Expected a git repository')]);
  });
});
