/**
 * The same for copies under another shard key: `node search-copies.ts <seed> <histories>`. Exit code 1 if a history breaks a promise, 0 if none was
 * found.
 */
import fc from 'fast-check';
import { runCopies } from '../../shards/server/recovery/copy-scenario.ts';
import { statements } from '../../shards/server/undo/lab-history.ts';
import { createRandom } from '../../support/random.ts';
import { createRestoredLab } from './restored-lab.ts';

const [seed, histories] = process.argv.slice(2).map(Number) as [number, number];
const lab = await createRestoredLab();

for (let at = 0; at < histories; at++) {
  try {
    const commits = fc.sample(statements, { seed: seed + at, numRuns: 60 });
    const counts = { copies: 0, cancelled: 0, undone: 0, missed: 0 };
    await lab.inHistory((shard) => runCopies(shard, commits, createRandom(seed + at), counts));
  } catch (error) {
    console.log(`SEED=${seed + at}: ${String(error)}`);
    process.exit(1);
  }
}
process.exit(0);
