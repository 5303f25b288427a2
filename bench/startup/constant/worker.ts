import { DurableObject } from 'cloudflare:workers';

/** Nothing but what the bindings of the API's own wrangler.toml ask for. */
export default { fetch: () => Response.json({}), queue: () => {} };

export class Shard extends DurableObject {}

export class Catalog extends DurableObject {}

export class Monitor extends DurableObject {}
