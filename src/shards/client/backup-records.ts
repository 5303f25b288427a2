import type { BackupRecord } from '../backup-record.ts';
import { ShardQLError } from '../errors.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/** Backups that the catalog was told of. What does not reach it is `SHARD_UNAVAILABLE`. */
export class BackupRecords {
  readonly #env: RouterEnv;

  constructor(env: RouterEnv) {
    this.#env = env;
  }

  /** Latest first. */
  list(limit: number): Promise<readonly BackupRecord[]> {
    return this.#ask((catalog) => catalog.backups(limit));
  }

  /** One that is there already, by its id, is not added again. */
  add(record: BackupRecord): Promise<void> {
    return this.#ask((catalog) => catalog.recordBackup(record));
  }

  /** False: it is not there. */
  remove(id: string): Promise<boolean> {
    return this.#ask((catalog) => catalog.forgetBackup(id));
  }

  async #ask<T>(ask: (catalog: CatalogRpc) => Promise<T>): Promise<T> {
    try {
      return await ask(catalogStub(this.#env));
    } catch {
      throw new ShardQLError(
        'SHARD_UNAVAILABLE',
        'Expected the catalog to answer for backups, but got none; try again in a moment.',
        { retryable: true },
      );
    }
  }
}
