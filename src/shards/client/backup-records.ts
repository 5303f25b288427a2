import type { BackupRecord } from '../backup-record.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { askCatalog } from './ask-catalog.ts';
import type { RouterEnv } from './routing/router-env.ts';

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

  #ask<T>(ask: (catalog: CatalogRpc) => Promise<T>): Promise<T> {
    return askCatalog(this.#env, 'backups', ask);
  }
}
