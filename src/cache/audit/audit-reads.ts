import type { AskShards } from '../../shards/shard-read.ts';
import type { IsolateCache } from '../isolate-cache.ts';
import type { KvStore } from '../stores/kv-store.ts';

/** How an audit reads: from KV as another isolate would, and from the shards what is true. */
export interface AuditReads {
  readonly cache: Pick<IsolateCache, 'model' | 'clock' | 'settings'>;
  readonly kv: KvStore;
  readonly askShards: AskShards;
}
