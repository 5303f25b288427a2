/** What is exported from `src` and imported by no other file: it need not be exported, or need not be there. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface SourceText {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Files whose exports are for users: the entries, and what users write or generate. */
const FOR_USERS =
  /^src\/(index|model-entry|worker|storage)\.ts$|^src\/schema\/(model|extensions|migrations\/index)\.ts$/;

const DECLARED =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type|enum)\s+(?<name>[\w$]+)/gm;
const LISTED = /^export\s+(?:type\s+)?\{(?<names>[^}]*)\}(?:\s*from\s*'(?<path>\.[^']+)')?/gm;
const IMPORTED =
  /^\s*import\s+(?:type\s+)?(?:(?<fallback>[\w$]+)\s*,?\s*)?(?:\{(?<names>[^}]*)\}|(?<all>\*\s+as\s+[\w$]+))?\s*from\s*'(?<path>\.[^']+)'/gm;
const WHOLE = /\bimport\(\s*'(?<path>\.[^']+)'|^export\s+\*\s+from\s*'(?<star>\.[^']+)'/gm;

export const readSources = (project: string): SourceText[] =>
  globSync('{src,tests,scripts,bench,examples}/**/*.{ts,tsx}', { cwd: project }).map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(project, path), 'utf8'),
  }));

/** One sentence per export that no other file imports. */
export function unusedExports(files: readonly SourceText[]): string[] {
  const used = new Set(files.flatMap(usedBy));
  return files
    .filter(({ path }) => path.startsWith('src/') && !FOR_USERS.test(path))
    .filter(({ path }) => !used.has(`${path} *`))
    .flatMap(({ path, text }) =>
      exportsOf(text)
        .filter((name) => !used.has(`${path} ${name}`))
        .map((name) => `${path} exports ${name}, which no other file imports.`),
    );
}

function exportsOf(text: string): string[] {
  const listed = [...text.matchAll(LISTED)].flatMap(({ groups }) => namesIn(groups!.names!).map(({ outer }) => outer));
  return [...[...text.matchAll(DECLARED)].map(({ groups }) => groups!.name!), ...listed];
}

/** `<path> <name>` of all that a file imports; `*` for the name if that is everything. */
function usedBy({ path, text }: SourceText): string[] {
  const target = (to: string): string => relative('.', join(dirname(path), to)).replaceAll('\\', '/');
  const named = [...text.matchAll(IMPORTED), ...text.matchAll(LISTED)].flatMap(({ groups }) => {
    const { names = '', all, fallback, path: to } = groups!;
    if (to === undefined) return [];
    const own = namesIn(names).map(({ inner }) => inner);
    return [...own, ...(all ? ['*'] : []), ...(fallback ? ['default'] : [])].map((name) => `${target(to)} ${name}`);
  });
  const whole = [...text.matchAll(WHOLE)].map(({ groups }) => `${target(groups!.path ?? groups!.star!)} *`);
  return [...named, ...whole];
}

/** `a, type B as C` → the names on both sides of `as`. */
const namesIn = (list: string): { readonly inner: string; readonly outer: string }[] =>
  list
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [inner, outer = inner] = part.split(/\s+as\s+/) as [string, string?];
      return { inner, outer };
    });
