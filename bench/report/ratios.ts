import { PLAIN, POINT_READ, planNameOf } from '../cells/floor-names.ts';
import type { Figures } from '../measure/run-rounds.ts';

/** CPU per request as a multiple of the floors'; null where that floor was not measured or there is none. */
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
  const cpuMs = new Map(figures.map((of) => [of.name, of.cpuMs]));
  const ratio = (of: Figures, floor: string): number | null => {
    const floorMs = cpuMs.get(floor);
    return floorMs === undefined ? null : of.cpuMs / floorMs;
  };
  return figures.map((of) => ({
    ...of,
    ratios: { toPlain: ratio(of, PLAIN), toPointRead: ratio(of, POINT_READ), toPlan: ratio(of, planNameOf(of.name)) },
  }));
}
