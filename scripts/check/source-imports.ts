import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One import of a project file by another. Paths are relative to the project, with forward slashes. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** `import type` and `export type`: gone at run time. */
  readonly isTypeOnly: boolean;
}

// Matches whole import and re-export declarations, side-effect imports and dynamic imports with a literal path. The
// project writes relative paths in single quotes with their extension: the formatter and the compiler hold that.
const DECLARATION = /^\s*(?:import|export)\s(?<type>type\s)?[^'";]*?from\s*'(?<path>\.[^']+)'/gm;
const SIDE_EFFECT = /^\s*import\s*'(?<path>\.[^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'(?<path>\.[^']+)'/g;

/** All imports among the TypeScript files of a folder (`src`). */
export function readImports(project: string, folder: string): Import[] {
  return globSync(`${folder}/**/*.ts`, { cwd: project }).flatMap((file) =>
    importsOf(file.replaceAll('\\', '/'), readFileSync(join(project, file), 'utf8')),
  );
}

/** The imports that one file's text declares. */
export function importsOf(file: string, text: string): Import[] {
  return [DECLARATION, SIDE_EFFECT, DYNAMIC].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups }) => ({
      from: file,
      to: relative('.', join(dirname(file), groups!.path!)).replaceAll('\\', '/'),
      isTypeOnly: groups!.type !== undefined,
    })),
  );
}
