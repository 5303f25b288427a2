import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The TypeScript files of a folder. */
export const readSourceFiles = (project: string, folder: string): SourceFile[] =>
  globSync(`${folder}/**/*.ts`, { cwd: project }).map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(project, path), 'utf8'),
  }));

const STRING_OR_COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;

/** Positions stay as they are. Code inside a template literal goes too. */
export const blankStringsAndComments = (text: string): string =>
  text.replace(STRING_OR_COMMENT, (match) => match.replace(/[^\n]/g, ' '));
