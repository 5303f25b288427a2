import { join } from 'node:path';

/** The floors' Worker. */
export const FLOORS_CONFIG = join(import.meta.dirname, '../floors/wrangler.toml');

/** Floors that others are compared with. */
export const PLAIN = 'plain';
export const POINT_READ = 'point-read';

/** The hand-written plan of a workload. */
export const planNameOf = (workload: string): string => `plan-${workload}`;

/** The floors among `names`, and those that the workloads among them are compared with; all if nothing is named. */
export function floorsFor<Floor extends { readonly name: string }>(
  names: readonly string[],
  floors: readonly Floor[],
): readonly Floor[] {
  if (names.length === 0) return floors;
  const chosen = new Set([...names, ...names.map(planNameOf), PLAIN, POINT_READ]);
  return floors.filter(({ name }) => chosen.has(name));
}
