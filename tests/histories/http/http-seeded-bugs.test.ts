import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { createRandom } from '../../support/random.ts';
import type { SeededBug } from '../seeded-bugs.ts';
import { startCluster } from './cluster.ts';
import { HttpHistory } from './http-history.ts';
import { HTTP_SEEDED_BUGS } from './http-seeded-bugs.ts';
import { ISOLATES, STEPS } from './size.ts';

const SOURCES = join(import.meta.dirname, '../../../src');

const runs = propertyRuns(1);
const { numRuns, seed } = runs;
const random = createRandom(seed);
/** As many as are asked for, which the seed picks: all are taken into account by campaigns alone. */
const bugs = HTTP_SEEDED_BUGS.filter(({ isRare }) => numRuns > 1 || !isRare)
  .map((bug) => ({ bug, place: random() }))
  .sort((a, b) => a.place - b.place)
  .slice(0, numRuns)
  .map(({ bug }) => bug);

/** Most bugs show within ten histories; each must within this. */
const HISTORIES = 1_000;

describe('seeded bugs', () => {
  it('are changes of the sources as they are', () => {
    for (const { name, file, from, to } of HTTP_SEEDED_BUGS) {
      const parts = readFileSync(join(SOURCES, file), 'utf8').split(from);
      expect(parts, name).toHaveLength(2);
      // Sources that cannot be read would be a find of their own.
      expect(() => stripTypeScriptTypes(parts.join(to)), name).not.toThrow();
    }
  });

  it.each(bugs)(
    `are found by histories over HTTP: $name (${describeRuns(runs)})`,
    { timeout: 1_800_000 },
    async (bug) => {
      const found = await searchWith(bug);
      console.log(`${bug.name}: ${found ?? 'not found'}`);
      expect(found).not.toBeNull();
    },
  );
});

/** What the first history shows that breaks a promise; null: none did. */
async function searchWith(bug: SeededBug): Promise<string | null> {
  const cluster = await startCluster(ISOLATES, bug);
  try {
    for (let at = 0; at < HISTORIES; at++) {
      const { problems } = await new HttpHistory(createRandom(seed + at), cluster, `h${seed + at}`).run(STEPS);
      if (problems.length > 0) return `SEED=${seed + at}: ${problems[0]}`;
    }
    return null;
  } finally {
    await cluster.stop();
  }
}
