import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom } from '../support/random.ts';
import { SEEDED_BUGS, type SeededBug } from './seeded-bugs.ts';

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
    const found = await searchWith(bug);
    console.log(`${bug.name}: ${found ?? 'not found'}`);
    expect(found).toMatch(/^SEED=\d+: (?!unexpected)/);
  });
});

/** What a search finds in sources with the bug; null: nothing. */
async function searchWith({ file, from, to }: SeededBug): Promise<string | null> {
  const copy = mkdtempSync(join(tmpdir(), 'shardql-bug-'));
  try {
    for (const folder of ['src', 'tests/histories', 'tests/support'])
      cpSync(join(PROJECT, folder), join(copy, folder), { recursive: true });
    cpSync(join(PROJECT, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'src', file);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(from, () => to),
    );
    return await search(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function search(folder: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['tests/histories/search.ts', String(seed), String(HISTORIES)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? null : output.trim()));
  });
}
