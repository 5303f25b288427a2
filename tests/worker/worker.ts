import { DurableObject } from 'cloudflare:workers';

/** A bare SQLite Durable Object: tests reach its storage with `runInDurableObject`. */
export class Lab extends DurableObject {}

export default {
  fetch: () => new Response('tests only', { status: 404 }),
};
