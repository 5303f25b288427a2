import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blankStringsAndComments, readSourceFiles } from '../../scripts/check/source-files.ts';

const FILES = readSourceFiles(join(import.meta.dirname, '../..'), 'src');
const usersOf = (name: RegExp) =>
  FILES.filter(({ text }) => name.test(blankStringsAndComments(text)))
    .map(({ path }) => path)
    .sort();

it('rows are read without an access rule in the places alone that src/plans/README.md names', () => {
  expect(usersOf(/\bEVERYTHING\b/)).toEqual([
    'src/cache/audit/audit-change.ts',
    'src/cache/entries/row-entry.ts',
    'src/plans/access/access-rules.ts',
    'src/plans/access/caller-rules.ts',
    'src/plans/internal-plans.ts',
    'src/shards/plan/source.ts',
  ]);
});

it('full access is given where the caller of a request is known, and nowhere else', () => {
  expect(usersOf(/\bFULL_ACCESS\b/)).toEqual([
    'src/http/authentication/rights.ts',
    'src/plans/access/access-rules.ts',
    'src/plans/access/caller-rules.ts',
    'src/plans/access/check-rules.ts',
    'src/resolvers/extend/extension-context.ts',
  ]);
});
