/**
 * Files of the project `deployed` take turns in one workerd: each finds its shards, catalogs and KV empty. Calls that the file
 * before left under way fail with their objects and are made again, so the names of each file's objects are its own.
 */
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { END_OF_FILE_NAME, isOfFile } from './object-names.ts';

type Namespace = Record<'idFromName' | 'getByName', (name: string) => unknown>;

/** As they are before the first file. */
const known = globalThis as { namespaceMethods?: Namespace };
const prototype = Object.getPrototypeOf(env.SHARD) as Namespace;
known.namespaceMethods ??= { idFromName: prototype.idFromName, getByName: prototype.getByName };

const file = `${crypto.randomUUID()}${END_OF_FILE_NAME}`;
for (const method of ['idFromName', 'getByName'] as const) {
  const original = known.namespaceMethods[method];
  prototype[method] = function (name) {
    return original.call(this, isOfFile(name) ? name : `${file}${name}`);
  };
}

await reset();
