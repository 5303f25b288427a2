import type { Cell } from '../cells/cell.ts';
import { type Load, type Measurement, measureCell } from './measure-cell.ts';
import { median } from './median.ts';

/** Medians over the rounds, and each round's value of the figure that matters most. */
export interface Figures extends Measurement {
  readonly name: string;
  readonly title: string;
  readonly cpuMsOfRounds: readonly number[];
  readonly requestsPerSecondOfRounds: readonly number[];
}

export interface RoundOptions extends Load {
  readonly rounds: number;
  /** Called when a round is over, with its number from 1. */
  readonly onRound: (round: number) => void;
}

const WARM_UP_SECONDS = 2;

/**
 * Measures all cells in turn, round after round, every second round backwards: what changes slowly on the machine then
 * meets all of them alike. A warm-up of each cell comes first, so that caches are filled and code is compiled.
 */
export async function runRounds(
  cells: readonly Cell[],
  { rounds, onRound, ...load }: RoundOptions,
): Promise<Figures[]> {
  const measurements = new Map<Cell, Measurement[]>(cells.map((cell) => [cell, []]));
  for (const cell of cells) await measureCell(cell, { ...load, seconds: Math.min(WARM_UP_SECONDS, load.seconds) });
  for (let round = 1; round <= rounds; round++) {
    for (const cell of round % 2 === 1 ? cells : cells.toReversed()) {
      measurements.get(cell)!.push(await measureCell(cell, load));
    }
    onRound(round);
  }
  return cells.map((cell) => summarize(cell, measurements.get(cell)!));
}

function summarize({ name, title }: Cell, runs: readonly Measurement[]): Figures {
  const of = (key: keyof Measurement) => runs.map((run) => run[key]);
  return {
    name,
    title,
    requestsPerSecond: median(of('requestsPerSecond')),
    p50Ms: median(of('p50Ms')),
    p99Ms: median(of('p99Ms')),
    cpuMs: median(of('cpuMs')),
    refused: median(of('refused')),
    cpuMsOfRounds: of('cpuMs'),
    requestsPerSecondOfRounds: of('requestsPerSecond'),
  };
}
