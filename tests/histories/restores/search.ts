/**
 * Looks for a history of restores that breaks a promise: `node search.ts <seed> <histories>`. Exit code 1 if there is one, 0 if none was
 * found. Run from a copy of the sources it shows whether a bug that was put into them is noticed.
 */
import fc from 'fast-check';
import { runRestores } from '../../shards/server/recovery/restore-scenario.ts';
import { statements } from '../../shards/server/undo/lab-history.ts';
import { createRandom } from '../../support/random.ts';
import { createRestoredLab } from './restored-lab.ts';

const [seed, histories] = process.argv.slice(2).map(Number) as [number, number];
const lab = await createRestoredLab();

for (let at = 0; at < histories; at++) {
  try {
    const commits = fc.sample(statements, { seed: seed + at, numRuns: 40 });
    const counts = { restores: 0, cancelled: 0, undone: 0, parts: 0 };
    await lab.inHistory((shard) => runRestores(shard, commits, createRandom(seed + at), counts));
  } catch (error) {
    console.log(`SEED=${seed + at}: ${String(error)}`);
    process.exit(1);
  }
}
process.exit(0);
