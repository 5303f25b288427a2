import { ShardQLError } from '../errors.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/**
 * What the catalog answers.
 *
 * @param what names what it is asked about, in the error.
 * @throws ShardQLError SHARD_UNAVAILABLE, which can be retried, if it does not answer.
 */
export async function askCatalog<T>(
  env: RouterEnv,
  what: string,
  ask: (catalog: CatalogRpc) => Promise<T>,
): Promise<T> {
  try {
    return await ask(catalogStub(env));
  } catch {
    throw new ShardQLError(
      'SHARD_UNAVAILABLE',
      `Expected the catalog to answer for ${what}, but got none; try again in a moment.`,
      { retryable: true },
    );
  }
}
