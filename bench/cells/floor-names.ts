import { join } from 'node:path';

/** The floors' Worker. */
export const FLOORS_CONFIG = join(import.meta.dirname, '../floors/wrangler.toml');

/** Floors that others are compared with. */
export const PLAIN = 'plain';
export const POINT_READ = 'point-read';

/** The hand-written plan of a workload. */
export const planNameOf = (workload: string): string => `plan-${workload}`;
