import { makeApiCell } from './cells/api-cells.ts';
import type { Cell } from './cells/cell.ts';
import { makeFloorCells } from './cells/floor-cells.ts';
import { FLOORS_CONFIG, floorsFor, planNameOf } from './cells/floor-names.ts';
import { countWork, type Work } from './measure/count-work.ts';
import { runRounds } from './measure/run-rounds.ts';
import type { BenchOptions } from './options.ts';
import { figuresTable } from './report/figures-table.ts';
import { describeGoals } from './report/goals.ts';
import { type Row, withRatios } from './report/ratios.ts';
import { workTable } from './report/work-table.ts';
import { ApiServers } from './servers/api-servers.ts';
import { type ImportFigures, importShop } from './servers/import-shop.ts';
import { startServer } from './servers/start-server.ts';
import type { ShopIndex } from './workloads/shop-index.ts';
import type { ServerKind, Workload } from './workloads/workload.ts';

export interface LoadFigures {
  readonly import: ImportFigures;
  readonly rows: readonly Row[];
  readonly work: readonly Work[];
}

/** Loads both servers, measures floors and workloads in turn, and prints import, table and goals. */
export async function runLoad(
  workloads: readonly Workload[],
  shop: ShopIndex,
  options: BenchOptions,
): Promise<LoadFigures> {
  const floors = await startServer({ config: FLOORS_CONFIG });
  const apis = new ApiServers();
  try {
    await importShop(floors, shop.shop);
    await apis.start(workloads.map(serverOf), shop.shop);
    const { imported } = apis.get('api');
    console.log(describeImport(imported));
    const apiCells: Cell[] = [];
    for (const workload of workloads) {
      apiCells.push(await makeApiCell(apis.get(serverOf(workload)).server, workload, shop));
    }
    const cells = inOrder(floorsFor(options.workloads, await makeFloorCells(floors, shop)), apiCells);
    const onRound = (round: number) => console.log(`round ${round} of ${options.rounds}`);
    const rows = withRatios(await runRounds(cells, { ...options, onRound }));
    console.log(`\n${figuresTable(rows)}\n`);
    const work: Work[] = [];
    for (const cell of apiCells) work.push(...[await countWork(cell)].filter((each) => each !== null));
    console.log(`${workTable(work)}\n`);
    const figures: LoadFigures = { import: imported, rows, work };
    for (const line of describeGoals(figures)) console.log(line);
    return figures;
  } finally {
    await Promise.all([floors.stop(), apis.stop()]);
  }
}

const serverOf = ({ server = 'api' }: Workload): ServerKind => server;

/** Each hand-written plan just before its workload: the nearer in time, the better they compare. */
function inOrder(floors: readonly Cell[], apiCells: readonly Cell[]): Cell[] {
  const workloads = apiCells.flatMap((cell) => [...floors.filter(({ name }) => name === planNameOf(cell.name)), cell]);
  return [...floors.filter((floor) => !workloads.includes(floor)), ...workloads];
}

const describeImport = ({ rows, seconds, rowsPerSecond, cpuMsPerRow, cpuMsPerReview }: ImportFigures): string =>
  `import: ${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s, ` +
  `${Math.round(rowsPerSecond).toLocaleString('en')} rows/s, ${micros(cpuMsPerRow)} CPU per row, ${micros(cpuMsPerReview)} per review`;

const micros = (ms: number): string => `${(ms * 1_000).toFixed(1)} µs`;
