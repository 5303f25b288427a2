import { unknownName } from '../../lib/unknown-name.ts';
import type { Model } from '../../model/types.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import type { KeyPlacements } from '../../shards/client/key-placements.ts';
import { JURISDICTIONS, LOCATIONS } from '../../shards/place-settings.ts';
import type { PlaceKeysRequest } from '../../shards/protocol/catalog-rpc.ts';
import { type ShardKey, valueOfShardKey } from '../../shards/shard-key.ts';
import { type ShardMap, shardOf } from '../../shards/shard-map.ts';
import { placeOfShard } from '../../shards/shard-place.ts';
import type { ConfirmedAction } from './confirmation/confirmed.ts';
import { keysOf, typeOfKey } from './shard-keys.ts';

interface PlaceArguments {
  readonly shardKeys: readonly unknown[];
  readonly type?: string | null | undefined;
  readonly jurisdiction?: string | null | undefined;
  readonly location?: string | null | undefined;
  readonly shard?: string | null | undefined;
}

/** Where a shard key is. */
export interface ShownKeyPlacement {
  readonly shardKey: string;
  /** Of a table with shard keys of this kind; null: the model has none any more. */
  readonly type: string | null;
  readonly shard: string;
  /** Null: that of the deployment. */
  readonly jurisdiction: string | null;
  /** Null: no hint of its own. */
  readonly location: string | null;
}

/** All that were placed, in the order in which they were. */
export async function listPlacedKeys(placements: KeyPlacements, model: Model): Promise<ShownKeyPlacement[]> {
  const map = await placements.map();
  return (map.placed ?? []).map(([key]) => shown(model, map, key));
}

/** @throws ShardQLError before anything is changed, unless it says otherwise. */
export async function placeKeys(
  placements: KeyPlacements,
  model: Model,
  args: PlaceArguments,
): Promise<ShownKeyPlacement[]> {
  return await moved(placements, model, args, checkedPlace(args));
}

/**
 * Takes keys back to the shards of their hashes. Whether they have rows is found out once it is done, which asks their shards.
 *
 * @throws ShardQLError for keys that cannot be meant; its steps as {@link placeKeys}.
 */
export function unplacement(
  placements: KeyPlacements,
  model: Model,
  { shardKeys, type = null }: Pick<PlaceArguments, 'shardKeys' | 'type'>,
): ConfirmedAction<ShownKeyPlacement[], ShownKeyPlacement[]> {
  const keys = keysOf(model, shardKeys, type);
  return {
    action: 'unplace-shard-keys',
    target: targetOf({ shardKeys }),
    args: { shardKeys, type },
    async preview() {
      const map = await placements.map();
      return keys.map((key) => shown(model, map, key));
    },
    stateOf: (shownKeys) => shownKeys.map(({ shard }) => shard),
    perform: () => moved(placements, model, { shardKeys, type }, null),
  };
}

/** Audit logs hold no values of rows. */
export function targetOf({ shardKeys, jurisdiction, location, shard }: Omit<PlaceArguments, 'type'>): string {
  const place = shard ?? [jurisdiction, location].filter((code) => code != null).join('.');
  const count = `${shardKeys.length} shard key${shardKeys.length === 1 ? '' : 's'}`;
  return `${count}${place ? ` to ${place}` : ''}`.slice(0, MAX_TARGET_LENGTH);
}

const MAX_TARGET_LENGTH = 200;

async function moved(
  placements: KeyPlacements,
  model: Model,
  { shardKeys, type = null }: Pick<PlaceArguments, 'shardKeys' | 'type'>,
  to: PlaceKeysRequest['to'],
): Promise<ShownKeyPlacement[]> {
  const keys = keysOf(model, shardKeys, type);
  const map = await placements.place({ shardKeys: keys, to });
  return keys.map((key) => shown(model, map, key));
}

function shown(model: Model, map: ShardMap, key: ShardKey): ShownKeyPlacement {
  const shard = shardOf(map, key);
  const { jurisdiction = null, location = null } = placeOfShard(shard) ?? {};
  return { shardKey: valueOfShardKey(key), type: typeOfKey(model, key), shard, jurisdiction, location };
}

function checkedPlace({ jurisdiction = null, location = null, shard = null }: PlaceArguments): PlaceKeysRequest['to'] {
  if (shard !== null) {
    if (jurisdiction === null && location === null) return { shard };
    throw badUserInput('Expected shard alone, as its name says where it is, but got a jurisdiction or location too.');
  }
  if (jurisdiction === null && location === null) {
    throw badUserInput('Expected jurisdiction, location or shard, but got none of them.');
  }
  return {
    jurisdiction: oneOf('jurisdiction', jurisdiction, JURISDICTIONS),
    location: oneOf('location', location, LOCATIONS),
  };
}

function oneOf<Code extends string>(name: string, value: string | null, codes: readonly Code[]): Code | null {
  if (value === null) return null;
  const code = codes.find((each) => each === value);
  if (code !== undefined) return code;
  throw badUserInput(unknownName(name, value.slice(0, 100), codes));
}
