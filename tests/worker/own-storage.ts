/** Files of the project `deployed` take turns in one workerd: each finds its shards, catalogs and KV empty. */
import { reset } from 'cloudflare:test';

/** Calls that the file before left under way fail with its objects, and are made again within this time, in milliseconds. */
const RETRIES_MS = 250;

await reset();
await scheduler.wait(RETRIES_MS);
await reset();
