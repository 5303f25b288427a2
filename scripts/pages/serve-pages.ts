import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerFile } from './answer-file.ts';
import type { Pages } from './prepare-pages.ts';

const HOST = '127.0.0.1';

/** Serves the files of the pages over HTTP, for a Worker that no other can be bound to. Gives the origin. Does not keep this process running. */
export async function servePages({ cache, builds, areBuilt }: Pages, examples: string): Promise<string> {
  const read = async (page: string, name: string) => {
    await areBuilt;
    return Object.hasOwn(builds, page) ? readFile(join(cache, builds[page]!, name)).catch(() => null) : null;
  };
  const server = createServer(async (request, response) => {
    const answer = await answerFile(`http://${HOST}${request.url}`, { examples, read }).catch(
      (error: Error) => new Response(`${error.message}\n`, { status: 500 }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, HOST, done));
  server.unref();
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}
