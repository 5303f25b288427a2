import type { ApiKey, NewApiKey } from '../api-key.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { askCatalog } from './ask-catalog.ts';
import type { RouterEnv } from './routing/router-env.ts';

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

  #ask<T>(ask: (catalog: CatalogRpc) => Promise<T>): Promise<T> {
    return askCatalog(this.#env, 'API keys', ask);
  }
}
