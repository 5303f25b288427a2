import { ShardQLError } from '../errors.ts';
import type { CatalogRpc, PlaceKeysRequest } from '../protocol/catalog-rpc.ts';
import { accepted } from '../protocol/refusal.ts';
import type { ShardMap } from '../shard-map.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';
import type { RouterState } from './routing/router-state.ts';
import type { ShardClient } from './shard-client.ts';

interface KeyPlacementsOptions {
  readonly env: RouterEnv;
  /** The isolate's: it knows of a change at once. */
  readonly state: Pick<RouterState, 'adopt'>;
  readonly shards: Pick<ShardClient, 'map'>;
}

/** Shard keys with a shard of their own, which the catalog keeps. */
export class KeyPlacements {
  readonly #options: KeyPlacementsOptions;

  constructor(options: KeyPlacementsOptions) {
    this.#options = options;
  }

  /** The map as the catalog has it. */
  async map(): Promise<ShardMap> {
    // The first map is made for the number of shards that the router knows.
    const { shards } = await this.#options.shards.map();
    return await this.#ask((catalog) => catalog.map(shards.length));
  }

  /**
   * Gives the map in which they are where they should be.
   *
   * @throws ShardQLError CONFLICT for shard keys that have rows, and while something else is under way; BAD_USER_INPUT.
   */
  async place(request: PlaceKeysRequest): Promise<ShardMap> {
    await this.#options.shards.map();
    const { map } = accepted(await this.#ask((catalog) => catalog.placeKeys(request)));
    this.#options.state.adopt(map);
    return map;
  }

  async #ask<Answer>(ask: (catalog: CatalogRpc) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(catalogStub(this.#options.env));
    } catch {
      throw new ShardQLError(
        'SHARD_UNAVAILABLE',
        'Expected the catalog and the shards to answer for placed shard keys, but some did not. What has begun goes on by itself: see in placedShardKeys, and ask again.',
        { retryable: true },
      );
    }
  }
}
