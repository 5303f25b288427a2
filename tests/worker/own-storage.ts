/** Files of the project `deployed` take turns in one workerd: each finds its shards, catalogs and KV empty. */
import { reset } from 'cloudflare:test';

await reset();
