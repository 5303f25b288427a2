import { join } from 'node:path';
import type { Cell } from '../cells/cell.ts';
import { generateLoad } from '../load/generate-load.ts';
import type { Load } from '../measure/measure-cell.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { type CpuProfile, sharesOf } from './cpu-profile.ts';
import { frameNames } from './frame-names.ts';
import { Inspector } from './inspector.ts';

const SAMPLING_MICROS = 200;
const WARM_UP_SECONDS = 3;
const MOST_PARTS = 20;
const MOST_FUNCTIONS = 40;

/** Where a cell's requests spend the server's CPU, as text. */
export async function profileCell(
  { name, title, server, requests }: Cell,
  inspectorPort: number,
  load: Load,
): Promise<string> {
  const { port } = server;
  await generateLoad({ port, requests, ...load, seconds: WARM_UP_SECONDS });
  const inspector = await Inspector.connect(inspectorPort, (id) => id.endsWith(':shardql'));
  await inspector.send('Profiler.enable');
  await inspector.send('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS });
  await inspector.send('Profiler.start');
  const { requests: answered } = await generateLoad({ port, requests, ...load });
  const { profile } = await inspector.send<{ profile: CpuProfile }>('Profiler.stop');
  inspector.close();

  const names = frameNames(join(server.dataFolder, 'bundle/worker.js'));
  const byPart = sharesOf(profile, names.partOf);
  const byFunction = sharesOf(profile, names.functionOf);
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
