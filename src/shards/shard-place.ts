/**
 * Where a shard that was made for some shard keys is. Its name says it, so that whoever knows the name finds the object: in another
 * jurisdiction, the object of the same name is another object.
 */
import { JURISDICTIONS, LOCATIONS, type PlaceEnv } from './place-settings.ts';

/** At least one of both is given. */
export interface ShardPlace {
  /** Null: that of the deployment. */
  readonly jurisdiction: (typeof JURISDICTIONS)[number] | null;
  /** A hint, near which the shard is made. Null: none. */
  readonly location: (typeof LOCATIONS)[number] | null;
}

/** All that there are, as text. */
export const PLACES: readonly string[] = [
  ...JURISDICTIONS,
  ...LOCATIONS,
  ...JURISDICTIONS.flatMap((jurisdiction) => LOCATIONS.map((location) => `${jurisdiction}.${location}`)),
];

/** `eu`, `weur` or `eu.weur`: no code of a jurisdiction is that of a location. */
const PLACE = new RegExp(`^(?:(${JURISDICTIONS.join('|')})(?:\\.(${LOCATIONS.join('|')}))?|(${LOCATIONS.join('|')}))$`);
/** The place, and which of its shards. */
const NAME = /^(.+)-(0|[1-9]\d{0,3})$/;

/** As text: `eu`, `weur` or `eu.weur`. */
export const placeText = ({ jurisdiction, location }: ShardPlace): string =>
  [jurisdiction, location].filter((code) => code !== null).join('.');

/** Name of the shard of a place with this number, from 0 on: `eu-0`. */
export const placedShardName = (place: ShardPlace, number: number): string => `${placeText(place)}-${number}`;

/** The place that a shard's name says, and its number there; null: it is a shard of the deployment's own place. */
export function parsePlacedName(name: string): { readonly place: ShardPlace; readonly number: number } | null {
  const [, text = '', number = ''] = NAME.exec(name) ?? [];
  const [isPlace, jurisdiction = null, near = null, location = near] = PLACE.exec(text) ?? [];
  if (isPlace === undefined) return null;
  return { place: { jurisdiction, location } as ShardPlace, number: Number(number) };
}

/** The place of a shard of this name; null: the deployment's own. */
export const placeOfShard = (name: string): ShardPlace | null => parsePlacedName(name)?.place ?? null;

/** Whether a shard of this name is in another jurisdiction than the deployment, whose KV namespace and buckets are outside of it. */
export function isInOtherJurisdiction(name: string | undefined, { SHARDQL_JURISDICTION: own = '' }: PlaceEnv): boolean {
  const jurisdiction = placeOfShard(name ?? '')?.jurisdiction ?? null;
  return jurisdiction !== null && jurisdiction !== own;
}
