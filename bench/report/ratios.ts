import { PLAIN, POINT_READ, planNameOf } from '../cells/floor-names.ts';
import { median } from '../measure/median.ts';
import type { Figures } from '../measure/run-rounds.ts';

/**
 * CPU per request as a multiple of the floors'; null where that floor was not measured or there is none. Each round has
 * a ratio of its own and the median is taken of these, so that what slows one whole round down does not count.
 */
export interface Ratios {
  readonly toPlain: number | null;
  readonly toPointRead: number | null;
  /** To the hand-written plan of the same workload. */
  readonly toPlan: number | null;
}

export interface Row extends Figures {
  readonly ratios: Ratios;
}

export function withRatios(figures: readonly Figures[]): Row[] {
  const byName = new Map(figures.map((of) => [of.name, of]));
  const ratio = (of: Figures, floor: string): number | null => {
    const rounds = byName.get(floor)?.cpuMsOfRounds;
    return rounds === undefined ? null : median(of.cpuMsOfRounds.map((cpuMs, round) => cpuMs / rounds[round]!));
  };
  return figures.map((of) => ({
    ...of,
    ratios: { toPlain: ratio(of, PLAIN), toPointRead: ratio(of, POINT_READ), toPlan: ratio(of, planNameOf(of.name)) },
  }));
}
