/**
 * The same through releases that change the schema: `node search-releases.ts <seed> <histories>`. Exit code 1 if a history breaks a
 * promise, 0 if none was found.
 */
import { runReleases } from '../../shards/server/recovery/release-scenario.ts';
import { createRandom } from '../../support/random.ts';
import { createStorage, deploy } from './restored-lab.ts';

const [seed, histories] = process.argv.slice(2).map(Number) as [number, number];

for (let at = 0; at < histories; at++) {
  // Each history has tables of its own.
  const storage = createStorage();
  const counts = { looks: 0, restores: 0, barriers: 0 };
  try {
    await runReleases((model, bundle) => deploy(storage, model, bundle), createRandom(seed + at), counts);
  } catch (error) {
    console.log(`SEED=${seed + at}: ${String(error)}`);
    process.exit(1);
  }
}
process.exit(0);
