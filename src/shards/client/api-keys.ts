import type { ApiKey, NewApiKey } from '../api-key.ts';
import { ShardQLError } from '../errors.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/** The API keys of the deployment, which its catalog keeps. What does not reach it is `SHARD_UNAVAILABLE`. */
export class ApiKeys {
  readonly #env: RouterEnv;

  constructor(env: RouterEnv) {
    this.#env = env;
  }

  /** The key whose text has this hash, expired and revoked ones too; null: there is none. */
  find(hash: string): Promise<ApiKey | null> {
    return this.#ask((catalog) => catalog.apiKey(hash));
  }

  /** False: a key that is not revoked has the name already, and nothing was kept. */
  add(key: NewApiKey): Promise<boolean> {
    return this.#ask((catalog) => catalog.addApiKey(key));
  }

  /** All there ever were, oldest first. */
  list(): Promise<readonly ApiKey[]> {
    return this.#ask((catalog) => catalog.apiKeys());
  }

  /** False: no key that is not revoked has the name. */
  revoke(name: string): Promise<boolean> {
    return this.#ask((catalog) => catalog.revokeApiKey(name));
  }

  async #ask<T>(ask: (catalog: CatalogRpc) => Promise<T>): Promise<T> {
    try {
      return await ask(catalogStub(this.#env));
    } catch {
      throw new ShardQLError(
        'SHARD_UNAVAILABLE',
        'Expected the catalog to answer for API keys, but got none; try again in a moment.',
        { retryable: true },
      );
    }
  }
}
