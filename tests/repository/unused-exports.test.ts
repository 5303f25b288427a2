import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSources, unusedExports } from '../../scripts/check/unused-exports.ts';

const PROJECT = join(import.meta.dirname, '../..');

const A = `
  export const used = 1;
`;

describe('unused exports', () => {
  it('there are none in this project', () => {
    expect(unusedExports(readSources(PROJECT))).toEqual([]);
  });

  it.each([
    ['export const a = 1;', 'a'],
    ['export async function a() {}', 'a'],
    ['export function* a() {}', 'a'],
    ['export abstract class A {}', 'A'],
    ['export interface A {}', 'A'],
    ['export type A = 1;', 'A'],
    ['const a = 1;\nexport { a };', 'a'],
    ['const a = 1;\nexport { a as b };', 'b'],
    ["export { a } from './b.ts';", 'a'],
  ])('are found: %s', (text, name) => {
    const files = [
      { path: 'src/x/a.ts', text },
      { path: 'src/x/b.ts', text: "import { other } from './a.ts';" },
    ];
    expect(unusedExports(files)).toEqual([`src/x/a.ts exports ${name}, which no other file imports.`]);
  });

  it.each([
    "import { used } from '../src/x/a.ts';",
    "import type { used } from '../src/x/a.ts';",
    "import {\n  type used as other,\n} from '../src/x/a.ts';",
    "import * as all from '../src/x/a.ts';",
    "const { used } = await import('../src/x/a.ts');",
    "export { used as other } from '../src/x/a.ts';",
    "export * from '../src/x/a.ts';",
  ])('are used by any file of the project: %s', (text) => {
    expect(
      unusedExports([
        { path: 'src/x/a.ts', text: A.replace(/^ {2}/gm, '') },
        { path: 'tests/b.test.ts', text },
      ]),
    ).toEqual([]);
  });

  it('of the public entry, and of what users write, are not judged', () => {
    const text = 'export const used = 1;';
    const paths = ['src/index.ts', 'src/schema/model.ts', 'src/schema/migrations/index.ts', 'bench/a.ts'];
    expect(unusedExports(paths.map((path) => ({ path, text })))).toEqual([]);
  });
});
