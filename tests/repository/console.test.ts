import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleProblems } from '../../scripts/check/console.ts';
import { readSourceFiles } from '../../scripts/check/source-files.ts';

const PROJECT = join(import.meta.dirname, '../..');

describe('the console', () => {
  it('is written to by the log of events alone', () => {
    const files = readSourceFiles(PROJECT, 'src');
    expect(files.map(({ path }) => path)).toContain('src/events/log.ts');
    expect(consoleProblems(files)).toEqual([]);
  });

  it.each(["console.log('x');", "globalThis.console['error'](1);", 'const { warn } = console;'])(
    'is found where it is used: %s',
    (text) => {
      const path = 'src/http/a.ts';
      expect(consoleProblems([{ path, text: `// console\n${text}` }])).toEqual([
        `${path}:2: Expected a report of an event (src/events), but got the console.`,
      ]);
      expect(consoleProblems([{ path: 'src/events/log.ts', text }])).toEqual([]);
    },
  );
});
