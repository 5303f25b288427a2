import { unknownName } from '../lib/unknown-name.ts';

/** By which variables Durable Objects are placed. They stay where they are made: the platform moves none. */

/** Codes of jurisdictions that objects can be kept in, by law as it were: no data of theirs is stored elsewhere. */
export const JURISDICTIONS = ['eu', 'us', 'fedramp', 'fedramp-high'] as const;

/** Codes of regions near which objects can be asked to be. */
export const LOCATIONS = [
  'wnam',
  'enam',
  'sam',
  'weur',
  'eeur',
  'apac',
  'apac-ne',
  'apac-se',
  'oc',
  'afr',
  'me',
] as const;

/** The same in the configurations of API and shards. */
export interface PlaceEnv {
  /**
   * Jurisdiction of all objects: `eu`, `us`, `fedramp` or `fedramp-high`. Objects of another jurisdiction are others, with none of the rows, so
   * it cannot be changed once there are rows. Default: none.
   */
  readonly SHARDQL_JURISDICTION?: string;
  /** Region near which new shards, catalog and monitor are made, such as `weur`. A hint. Default: near who asks first. */
  readonly SHARDQL_LOCATION?: string;
}

/** What is wrong with the variables, one sentence each. */
export function placeProblems(env: PlaceEnv): string[] {
  return [
    ...problem('SHARDQL_JURISDICTION', env.SHARDQL_JURISDICTION, JURISDICTIONS),
    ...problem('SHARDQL_LOCATION', env.SHARDQL_LOCATION, LOCATIONS),
  ];
}

function problem(name: string, value: string | undefined, codes: readonly string[]): string[] {
  if (value === undefined || value === '' || codes.includes(value)) return [];
  return [unknownName(name, value, codes)];
}
