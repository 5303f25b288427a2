import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

/** A file with or without folders, wherever it stands; a folder with its slash, where it is marked as code. */
const FILE = /(?<![\w./:<>*-])(?:(?:\.\.?|[\w-]+)\/)*[\w][\w.-]*\.(?:ts|json|md|sql|graphql)(?![\w-])/g;
const FOLDER = /`((?:(?:\.\.?|[\w-]+)\/)+)`/g;
const LINK = /\]\(([^):#]+)(?:#[^)]*)?\)/g;

/**
 * What a README names and is not there. A path starts at the README, or at the project; a bare name may be that of any file
 * beneath the README.
 */
function missingPaths(project: string, readme: string): string[] {
  const text = readFileSync(join(project, readme), 'utf8');
  const folder = join(project, dirname(readme));
  const beneath = new Set(
    globSync(dirname(readme) === '.' ? '{src,docs}/**' : '**', { cwd: folder }).map(
      (path) => path.split(/[\\/]/).at(-1)!,
    ),
  );
  const links = [...text.matchAll(LINK)].map(([, path]) => path!);
  const named = [...text.replaceAll(LINK, ']').matchAll(FILE)].map(([path]) => path);
  const folders = [...text.matchAll(FOLDER)].map(([, path]) => path!);
  const isThere = (path: string) =>
    existsSync(join(folder, path)) || existsSync(join(project, path)) || beneath.has(path);
  return [
    ...links.filter((path) => !existsSync(join(folder, path))),
    ...[...named, ...folders].filter((path) => !isThere(path)),
  ].map((path) => `${readme}: ${path}`);
}

function projectWith(files: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(join(tmpdir(), 'shardql-readmes-'));
  onTestFinished(() => rmSync(project, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  return project;
}

describe('the READMEs of src', () => {
  const readmes = globSync('src/**/README.md', { cwd: PROJECT }).map((path) => path.replaceAll('\\', '/'));

  it.each([...readmes, 'CONTRIBUTING.md'])('name files and folders that are there: %s', (readme) => {
    expect(missingPaths(PROJECT, readme)).toEqual([]);
  });

  it('are found', () => {
    expect(readmes.length).toBeGreaterThan(10);
    expect(readmes).toContain('src/shards/README.md');
  });

  it('are read for every way to name a file', () => {
    const text = `[\`linked/\`](linked/README.md) [why](../../gone.md#part) \`here.ts\`, \`gone.ts\`, \`deep.ts\`, \`sub/deep.ts\`
      └─ other/gone.ts  here.ts: work; \`src/a/here.ts\`, \`../up.json\`, \`../b/gone.sql\`, \`sub/\`, \`gone/\`, \`/import\`, \`<n>_gone.sql\``;
    const project = projectWith({
      'src/a/README.md': text,
      'src/a/here.ts': '',
      'src/a/sub/deep.ts': '',
      'src/a/linked/README.md': '',
      'src/up.json': '',
    });
    expect(missingPaths(project, 'src/a/README.md').map((problem) => problem.split(': ')[1])).toEqual([
      '../../gone.md',
      'gone.ts',
      'other/gone.ts',
      '../b/gone.sql',
      'gone/',
    ]);
  });
});
