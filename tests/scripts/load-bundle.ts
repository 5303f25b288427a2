/**
 * Loads a bundled Worker in Node and asks it a document. Prints what errors were made meanwhile, by message, and the answer.
 *
 *     node load-bundle.ts <bundle> <document>
 */
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PLATFORM = 'export class DurableObject {}';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'cloudflare:workers' ? { url: specifier, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === 'cloudflare:workers' ? { format: 'module', source: PLATFORM, shortCircuit: true } : next(url, context),
});

let made: string[] = [];
globalThis.Error = new Proxy(Error, {
  construct(target, args, newTarget) {
    made.push(String(args[0]));
    return Reflect.construct(target, args, newTarget);
  },
});

const [bundle, query] = process.argv.slice(2);
const { default: handlers } = await import(pathToFileURL(resolve(bundle!)).href);
const whileLoading = made;
made = [];
const request = new Request('http://127.0.0.1/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
const env = { SHARDQL_DEVELOPMENT: 'true', SHARD: {}, CATALOG: {} };
const response: Response = await handlers.fetch(request, env, { waitUntil: () => {} });
console.log(JSON.stringify({ whileLoading, whileAnswering: made, answer: await response.json() }));
