import type { WireValue } from '../../../src/model/types.ts';
import { createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import type { RouterEnv } from '../../../src/shards/client/routing/router-env.ts';
import { createRouterState } from '../../../src/shards/client/routing/router-state.ts';
import type { RouterSettings } from '../../../src/shards/client/settings.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import type { ShardClientOptions } from '../../../src/shards/client/shard-client-context.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { initialRanges, ownersBySlot, type ShardMap } from '../../../src/shards/shard-map.ts';
import { SLOT_COUNT, SLOT_HASH, type SlotRange, slotOf } from '../../../src/shards/slots.ts';
import { FakeShard, type Item } from './fake-shard.ts';
import { itemModel } from './item-model.ts';

export const ownerKey = (owner: string): ShardKey => `t:${owner}` as ShardKey;

/** Shards and a catalog in memory, over which tests have full power. */
export class FakeCluster {
  map: ShardMap;
  /** Calls of the catalog's `map`. */
  mapFetches = 0;
  /** Stubs made, by shard name. */
  readonly stubsByName = new Map<string, number>();
  /** Runs in the catalog before it answers; may throw or wait. */
  beforeMap: () => void | Promise<void> = () => {};
  readonly env: RouterEnv;
  readonly #shardByName = new Map<string, FakeShard>();

  constructor(shardCount: number) {
    const ranges = initialRanges(shardCount);
    const shards = ranges.map((range, index) => ({ name: `shard-${index}`, generation: 1, ranges: [range] }));
    this.map = { epoch: 1, slotHash: SLOT_HASH, shards };
    for (const { name, ranges } of shards) void this.shard(name).setOwnedSlots(1, ranges);
    const idFromName = (name: string) => ({ name, toString: () => name }) as unknown as DurableObjectId;
    this.env = {
      SHARD: {
        idFromName,
        get: (id) => {
          this.stubsByName.set(id.name!, (this.stubsByName.get(id.name!) ?? 0) + 1);
          return this.shard(id.name!).stub();
        },
      },
      CATALOG: {
        idFromName,
        get: () => ({
          map: async () => {
            this.mapFetches++;
            await this.beforeMap();
            return structuredClone(this.map);
          },
        }),
      },
    };
  }

  shard(name: string): FakeShard {
    let shard = this.#shardByName.get(name);
    if (!shard) {
      shard = new FakeShard(name, (other) => this.shard(other).stub());
      this.#shardByName.set(name, shard);
    }
    return shard;
  }

  get shards(): FakeShard[] {
    return [...this.#shardByName.values()];
  }

  shardOf(owner: string): FakeShard {
    return this.shard(this.map.shards[ownersBySlot(this.map)[slotOf(ownerKey(owner))]!]!.name);
  }

  put(...items: readonly Item[]): void {
    for (const item of items) this.shardOf(item.owner as string).items.push(item);
  }

  /** Moves slots and their rows at once, as if it had always been so. */
  move([first, last]: SlotRange, target: string): void {
    const isMoved = (slot: number) => slot >= first && slot <= last;
    const owners = Array.from(ownersBySlot(this.map).subarray(0, SLOT_COUNT), (index) => this.map.shards[index]!.name);
    const names = new Set([...this.map.shards.map(({ name }) => name), target]);
    const newOwners = owners.map((name, slot) => (isMoved(slot) ? target : name));
    const epoch = this.map.epoch + 1;
    this.map = {
      ...this.map,
      epoch,
      shards: [...names].map((name) => ({ name, generation: 1, ranges: toRanges(newOwners, name) })),
    };
    const items = this.shards.flatMap((shard) => shard.items.splice(0));
    for (const { name, ranges } of this.map.shards) void this.shard(name).setOwnedSlots(epoch, ranges);
    this.put(...items);
  }

  /** A client for a new request. `state` is the isolate's. */
  client(
    options: Partial<Omit<ShardClientOptions, 'settings'>> & { settings?: Partial<RouterSettings> } = {},
  ): ShardClient {
    return createShardClient({
      model: itemModel,
      env: this.env,
      state: createRouterState(),
      caller: DEVELOPER,
      waitUntil: () => {},
      ...options,
    });
  }
}

function toRanges(owners: readonly string[], name: string): SlotRange[] {
  const ranges: [number, number][] = [];
  for (const [slot, owner] of owners.entries()) {
    if (owner !== name) continue;
    const previous = ranges.at(-1);
    if (previous && previous[1] === slot - 1) previous[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}

export const item = (owner: string, id: string, cells: Record<string, WireValue> = {}): Item => ({
  owner,
  id,
  ...cells,
});

/** An exception as the platform throws it. */
export const platformError = (message: string, flags: { retryable?: boolean; overloaded?: boolean }): Error =>
  Object.assign(new Error(message), { remote: true, ...flags });
