import { closestName } from '../../lib/closest-name.ts';
import { ShardQLError } from '../errors.ts';
import { MAX_SHARDS } from '../limits.ts';
import { MAX_PLACED_KEYS } from '../placed-key.ts';
import type { PlaceKeysRequest } from '../protocol/catalog-rpc.ts';
import type { ShardRpc } from '../protocol/shard-rpc.ts';
import { type ShardKey, valueOfShardKey } from '../shard-key.ts';
import { type ShardMap, shardOf } from '../shard-map.ts';
import { PLACES, parsePlacedName, placedShardName, placeText } from '../shard-place.ts';
import type { KeyPlacementStore } from './key-placement-store.ts';
import type { PendingKeys } from './placed-keys-table.ts';

interface KeyPlacementsOptions {
  readonly store: KeyPlacementStore;
  /** Asks a shard, a few times if need be. */
  readonly ask: <Answer>(shard: string, send: (stub: ShardRpc) => Promise<Answer>) => Promise<Answer>;
}

/**
 * Gives shard keys shards of their own, as long as there is nothing of them anywhere.
 *
 * In steps that are durable before the next one begins, and that can each be repeated: what is to be placed is stored; the shards that own the
 * keys give them up, each in one transaction with the look whether there are rows; the map names the new shard; and only then is it granted
 * the keys. A key of which there are rows after all is left out, and the others go on.
 */
export class KeyPlacements {
  readonly #options: KeyPlacementsOptions;

  constructor(options: KeyPlacementsOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#options.store.pending() !== null;
  }

  /**
   * Begins one, once nothing else is under way; {@link goOn} does the rest. False: all keys are where they should be.
   *
   * @throws ShardQLError before anything is changed: CONFLICT for keys that have rows, BAD_USER_INPUT for what cannot be.
   */
  async begin({ shardKeys, to }: PlaceKeysRequest): Promise<boolean> {
    const { store } = this.#options;
    const map = store.map();
    const target = targetOf(map, to);
    const keys = [...new Set(shardKeys)].filter((key) => !isThere(map, key, target));
    if (keys.length === 0) return false;
    requireRoom(map, keys, target);
    const planned = store.planned(keys, target);
    const inUse = await this.#release(planned, true);
    if (inUse.length > 0) throw haveRows(inUse, false);
    store.begin(planned);
    return true;
  }

  /** Takes the one that is under way to where its keys are to be granted. Gives those that were left out, as they have rows. */
  async goOn(): Promise<readonly ShardKey[]> {
    const { store } = this.#options;
    const leftOut: ShardKey[] = [];
    for (let pending = store.pending(); pending !== null; pending = store.pending()) {
      const inUse = await this.#release(pending, false);
      if (inUse.length === 0) store.complete(pending);
      else store.drop(inUse);
      leftOut.push(...inUse);
    }
    return leftOut;
  }

  /** Gives the keys that some of the shards would not give up. The others are given up, unless it only checks. */
  async #release(pending: PendingKeys, checksOnly: boolean): Promise<ShardKey[]> {
    const { ask, store } = this.#options;
    const inUse: ShardKey[] = [];
    for (const { name, epoch, ranges: slots, placed } of store.releases(pending)) {
      const answer = await ask(name, (stub) => stub.releaseKeys({ epoch, slots, placed, checksOnly }));
      if (answer.status === 'IN_USE') inUse.push(...answer.shardKeys);
      else if (!checksOnly) store.takeVersion(pending, answer.version);
    }
    return inUse;
  }
}

/** The shard that is to have them; null: that of their hash. */
function targetOf({ shards }: ShardMap, to: PlaceKeysRequest['to']): string | null {
  if (to === null) return null;
  if ('shard' in to) return checkedName(shards, to.shard);
  const numbers = numbersIn(shards, placeText(to));
  return placedShardName(to, Math.max(0, ...numbers));
}

/** Any object that is asked for is made: only the next one of a place is new. */
function checkedName(shards: ShardMap['shards'], name: string): string {
  const parsed = parsePlacedName(name);
  const next = parsed === null ? 0 : Math.max(-1, ...numbersIn(shards, placeText(parsed.place))) + 1;
  if (parsed !== null && parsed.number <= next) return name;
  const expected =
    parsed === null ? 'such as "eu-0", with the code of its place' : `up to "${placedShardName(parsed.place, next)}"`;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected the name of a shard ${expected}, but got ${JSON.stringify(name.slice(0, 100))}; the field shards lists those that there are.${probably(name)}`,
  );
}

/** The place that was meant, where its code is misspelt. */
function probably(name: string): string {
  const [, place = '', number = ''] = /^(.{1,30})(-\d{1,4})$/.exec(name) ?? [];
  const closest = parsePlacedName(name) === null ? closestName(place, PLACES) : undefined;
  return closest === undefined ? '' : ` Did you mean "${closest}${number}"?`;
}

const numbersIn = (shards: ShardMap['shards'], place: string): number[] =>
  shards.flatMap(({ name }) => {
    const parsed = parsePlacedName(name);
    return parsed !== null && placeText(parsed.place) === place ? [parsed.number] : [];
  });

const isThere = (map: ShardMap, key: ShardKey, target: string | null): boolean =>
  target === null ? !isPlaced(map, key) : isPlaced(map, key) && shardOf(map, key) === target;

const isPlaced = ({ placed = [] }: ShardMap, key: ShardKey): boolean => placed.some(([other]) => other === key);

function requireRoom(map: ShardMap, keys: readonly ShardKey[], target: string | null): void {
  if (target === null) return;
  const count = (map.placed?.length ?? 0) + keys.filter((key) => !isPlaced(map, key)).length;
  if (count > MAX_PLACED_KEYS) {
    throw new ShardQLError(
      'CONFLICT',
      `Expected at most ${MAX_PLACED_KEYS.toLocaleString('en-US')} placed shard keys in all, but got ${count.toLocaleString('en-US')}; deploy once more for those of that place.`,
    );
  }
  if (map.shards.length >= MAX_SHARDS && !map.shards.some(({ name }) => name === target)) {
    throw new ShardQLError('CONFLICT', `Expected at most ${MAX_SHARDS} shards, but got one more: "${target}".`);
  }
}

/** @param othersAre placed, all the same. */
export function haveRows(keys: readonly ShardKey[], othersAre: boolean): ShardQLError {
  const [first, ...more] = keys.map((key) => JSON.stringify(valueOfShardKey(key).slice(0, 100)));
  return new ShardQLError(
    'CONFLICT',
    `Expected shard keys that have never had rows, but got ${first}${more.length > 0 ? ` and ${more.length} more` : ''} with some: they can be placed before their first row alone.${othersAre ? ' The other shard keys were placed.' : ''}`,
  );
}
