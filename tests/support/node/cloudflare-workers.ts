/** What `src` needs of the Workers runtime to be loaded in Node, where nothing of a Worker runs. Vitest puts it in the place of `cloudflare:workers`. */
export class DurableObject {}
