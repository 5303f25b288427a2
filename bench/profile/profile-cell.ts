import { join } from 'node:path';
import type { Cell } from '../cells/cell.ts';
import { generateLoad } from '../load/generate-load.ts';
import type { Load } from '../measure/measure-cell.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { type CpuProfile, sharesOf, sumOfShares } from './cpu-profile.ts';
import { frameNames } from './frame-names.ts';
import { Inspector } from './inspector.ts';

const SAMPLING_MICROS = 200;
const WARM_UP_SECONDS = 3;
const MOST_PARTS = 20;
const MOST_FUNCTIONS = 40;

/** The API and its shards take turns in one process. */
const WORKERS = [
  { name: 'shardql', bundle: 'worker.js' },
  { name: 'shardql-storage', bundle: 'storage.js' },
];

/** Gives what stops it. */
async function startProfiler(inspectorPort: number, worker: string): Promise<() => Promise<CpuProfile>> {
  const inspector = await Inspector.connect(inspectorPort, (id) => id.endsWith(`:${worker}`));
  await inspector.send('Profiler.enable');
  await inspector.send('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS });
  await inspector.send('Profiler.start');
  return async () => {
    const { profile } = await inspector.send<{ profile: CpuProfile }>('Profiler.stop');
    inspector.close();
    return profile;
  };
}

/** Where a cell's requests spend the server's CPU, as text. */
export async function profileCell(
  { name, title, server, requests }: Cell,
  inspectorPort: number,
  load: Load,
): Promise<string> {
  const { port } = server;
  await generateLoad({ port, requests, ...load, seconds: WARM_UP_SECONDS });
  const profilers = await Promise.all(WORKERS.map((worker) => startProfiler(inspectorPort, worker.name)));
  const { requests: answered } = await generateLoad({ port, requests, ...load });
  const profiles = await Promise.all(profilers.map((stop) => stop()));

  const names = WORKERS.map(({ bundle }) => frameNames(join(server.dataFolder, 'bundle', bundle)));
  const byPart = sumOfShares(profiles.map((profile, at) => sharesOf(profile, names[at]!.partOf)));
  const byFunction = sumOfShares(profiles.map((profile, at) => sharesOf(profile, names[at]!.functionOf)));
  const rows = (shares: readonly (readonly [string, number])[], most: number) =>
    shares
      .slice(0, most)
      .map(([of, micros]) => [
        of,
        ((100 * micros) / byPart.busyMicros).toFixed(1),
        (micros / 1_000 / answered).toFixed(4),
      ]);
  return [
    `${name}: ${title}: ${answered} requests, ${(byPart.busyMicros / 1_000 / answered).toFixed(3)} ms CPU each while profiled`,
    markdownTable(['part, itself', '%', 'ms/request'], rows(byPart.self, MOST_PARTS)),
    markdownTable(['part, with all it calls', '%', 'ms/request'], rows(byPart.total, MOST_PARTS)),
    markdownTable(['function, itself', '%', 'ms/request'], rows(byFunction.self, MOST_FUNCTIONS)),
    markdownTable(['function, with all it calls', '%', 'ms/request'], rows(byFunction.total, MOST_FUNCTIONS)),
  ].join('\n\n');
}
