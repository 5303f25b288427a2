import type { StampKv } from '../../src/shards/server/freshness/publisher.ts';

/** Where the shards of `PublishingShard` put their stamps; null: into `STAMPS`. */
export const publishingKv: { current: StampKv | null } = { current: null };
