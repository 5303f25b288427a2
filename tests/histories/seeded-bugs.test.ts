import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom } from '../support/random.ts';
import { searchWith } from './search-with-bug.ts';
import { SEEDED_BUGS } from './seeded-bugs.ts';

const PROJECT = join(import.meta.dirname, '../..');

const runs = propertyRuns(2);
const { numRuns, seed } = runs;
const random = createRandom(seed);
/** As many as are asked for, which the seed picks: all are taken into account by campaigns alone. */
const bugs = SEEDED_BUGS.filter(({ isRare }) => numRuns > 2 || !isRare)
  .map((bug) => ({ bug, place: random() }))
  .sort((a, b) => a.place - b.place)
  .slice(0, numRuns)
  .map(({ bug }) => bug);

/** Most bugs show within ten histories; each must within this. */
const HISTORIES = numRuns > 2 ? 10_000 : 1_500;

const SEARCH = 'tests/histories/search.ts';

describe('seeded bugs', () => {
  it('are changes of the sources as they are', () => {
    for (const { name, file, from, to } of SEEDED_BUGS) {
      const parts = readFileSync(join(PROJECT, 'src', file), 'utf8').split(from);
      expect(parts, name).toHaveLength(2);
      // Sources that cannot be read would be a find of their own.
      expect(() => stripTypeScriptTypes(parts.join(to)), name).not.toThrow();
    }
  });

  it.each(bugs)(`are found by histories: $name (${describeRuns(runs)})`, { timeout: 1_800_000 }, async (bug) => {
    const found = await searchWith(bug, SEARCH, [seed, HISTORIES]);
    console.log(`${bug.name}: ${found ?? 'not found'}`);
    expect(found).toMatch(/^SEED=\d+: (?!unexpected)/);
  });
});
