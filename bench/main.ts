/** `npm run bench`: see README.md for the question that it answers. */
import { makeShop } from '../scripts/demo/shop.ts';
import { FLOOR_NAMES } from './cells/floor-cells.ts';
import { pinToLoadCore } from './measure/cpu-pinning.ts';
import { type BenchOptions, parseBenchOptions } from './options.ts';
import { keepResults } from './report/keep-results.ts';
import { describeCommit, describeMachine } from './report/machine.ts';
import { readQuestion } from './report/question.ts';
import { runCache } from './run-cache.ts';
import { runLoad } from './run-load.ts';
import { runPeers } from './run-peers.ts';
import { runProfile } from './run-profile.ts';
import { runRecovery } from './run-recovery.ts';
import { runStartup } from './run-startup.ts';
import { runStress } from './run-stress.ts';
import { shopSize } from './servers/shop-size.ts';
import { WORKLOADS } from './workloads/index.ts';
import { indexShop } from './workloads/shop-index.ts';
import type { Workload } from './workloads/workload.ts';

// Without these, a signal would end this process at once and leave the servers running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

await bench(parseBenchOptions(process.argv.slice(2)));

async function bench(options: BenchOptions): Promise<void> {
  if (options.peers) return runPeers(options.peers, options);
  const workloads = chooseWorkloads(options.workloads);
  pinToLoadCore();
  const machine = describeMachine();
  console.log(
    `${readQuestion()}\n\n${describeCommit()} on ${machine.cpu}, workerd ${machine.workerd}, load ${machine.load}\n`,
  );
  const shop = indexShop(makeShop(shopSize(options.scale)));
  if (options.profile) return runProfile(workloads, shop, options);
  if (options.recovery) {
    const recovery = await runRecovery(options.recovery, shop, options);
    return keep(options, { machine, options, recovery });
  }
  if (options.stress) {
    const stress = await runStress(options.stress, shop);
    return keep(options, { machine, options, stress });
  }
  const load = options.load ? await runLoad(workloads, shop, options) : null;
  const cache = options.cache ? await runCache(shop) : null;
  const startup = options.startup ? await runStartup() : [];
  keep(options, { machine, options, ...load, cache, startup });
}

function keep(options: BenchOptions, results: object): void {
  if (options.keep) console.log(`kept as ${keepResults(results)}`);
}

/** All if none is named; throws unless each name is of a workload or a floor. */
function chooseWorkloads(names: readonly string[]): readonly Workload[] {
  if (names.length === 0) return WORKLOADS;
  const known = [...WORKLOADS.map(({ name }) => name), ...FLOOR_NAMES];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`Expected --workloads of ${known.join(', ')}, but got ${unknown}.`);
  return WORKLOADS.filter(({ name }) => names.includes(name));
}
