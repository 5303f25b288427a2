import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { createRandom } from '../../support/random.ts';
import { searchWith } from '../search-with-bug.ts';
import { COPY_BUGS } from './copy-bugs.ts';
import { RELEASE_BUGS } from './release-bugs.ts';
import { RESTORE_BUGS } from './restore-bugs.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const SEARCHES = 'tests/histories/restores';
const FOLDERS = ['tests/shards/server'];

const runs = propertyRuns(2);
const { numRuns, seed } = runs;
const random = createRandom(seed);
const BUGS = [
  ...RESTORE_BUGS.map((bug) => ({ ...bug, search: 'search.ts' })),
  ...RELEASE_BUGS.map((bug) => ({ ...bug, search: 'search-releases.ts' })),
  ...COPY_BUGS.map((bug) => ({ ...bug, search: 'search-copies.ts' })),
];
const bugs = BUGS.filter(({ isRare }) => numRuns > 2 || !isRare)
  .map((bug) => ({ bug, place: random() }))
  .sort((a, b) => a.place - b.place)
  .slice(0, numRuns)
  .map(({ bug }) => bug);
/** Each shows within a few. */
const HISTORIES = 300;

describe('bugs in restores', () => {
  it('are changes of the sources as they are', () => {
    for (const { name, file, from } of BUGS) {
      expect(readFileSync(join(PROJECT, 'src', file), 'utf8').split(from), name).toHaveLength(2);
    }
  });

  it.each(bugs)(`are found by histories: $name (${describeRuns(runs)})`, { timeout: 120_000 }, async (bug) => {
    const found = await searchWith(bug, `${SEARCHES}/${bug.search}`, [seed, HISTORIES], FOLDERS);
    console.log(`${bug.name}: ${found?.slice(0, 200) ?? 'not found'}`);
    expect(found).toMatch(/^SEED=\d+: /);
  });
});
