import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerAsset } from './answer-asset.ts';
import type { Graphiql } from './build-graphiql.ts';

const HOST = '127.0.0.1';
/** What builds consist of: no path leads out of their folder. */
const FILE_NAME = /^[\w.-]+$/;

/**
 * Serves GraphiQL's page and assets over HTTP, for a Worker that no other can be bound to. Gives the origin. Does not keep
 * this process running.
 */
export async function serveGraphiql({ cache, build, isBuilt }: Graphiql, examples: string): Promise<string> {
  const read = async (name: string) => {
    await isBuilt;
    return FILE_NAME.test(name) ? readFile(join(cache, build, name)).catch(() => null) : null;
  };
  const server = createServer(async (request, response) => {
    const answer = await answerAsset(`http://${HOST}${request.url}`, { examples, read }).catch(
      (error: Error) => new Response(`${error.message}\n`, { status: 500 }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, HOST, done));
  server.unref();
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}
