import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HOST } from './free-port.ts';

const RETRY_SECONDS = 1;

/**
 * Holds the API's port while the demo's rows are loaded: answering from some of them, the API would tell wrong numbers. Says
 * so to everyone, clients in the form of its errors and browsers by a page that looks again.
 */
export class LoadingServer {
  readonly #server: Server;
  #progress = 'starting';

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async listen(port: number): Promise<LoadingServer> {
    const loading = new LoadingServer();
    await new Promise<void>((done, fail) => loading.#server.once('error', fail).listen(port, HOST, done));
    return loading;
  }

  /** What has been loaded so far, for requests that come meanwhile. */
  report(progress: string): void {
    this.#progress = progress.trim();
  }

  /** Leaves the port. */
  close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.#server.closeAllConnections();
    return closed;
  }

  #answer({ headers }: IncomingMessage, response: ServerResponse): void {
    const message = `Expected the demo data to be there, but it is being loaded (${this.#progress}). Ask again.`;
    const isPage = headers.accept?.includes('text/html') ?? false;
    const extensions = { code: 'SHARD_UNAVAILABLE', retryable: true, retryAfterMs: RETRY_SECONDS * 1_000 };
    response.writeHead(503, {
      'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json',
      'retry-after': String(RETRY_SECONDS),
      'cache-control': 'no-store',
      // Of use to nobody who waits for the port.
      connection: 'close',
    });
    response.end(isPage ? pageOf(this.#progress) : JSON.stringify({ errors: [{ message, extensions }] }));
  }
}

/** Looks again by itself, also where the port is closed for a moment: a page that reloads would end there. */
const pageOf = (progress: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>ShardQL · loading</title>
    <link rel="icon" href="data:,">
  </head>
  <body style="font: 1rem/1.5 system-ui; margin: 4rem auto; max-width: 40rem">
    <h1>Loading the demo data</h1>
    <p>${progress.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>
    <script>
      setInterval(async () => {
        const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
        if (answer === null) return;
        if (answer.status !== 503) return location.reload();
        const { body } = new DOMParser().parseFromString(await answer.text(), 'text/html');
        document.querySelector('p').textContent = body.querySelector('p').textContent;
      }, ${RETRY_SECONDS * 1_000});
    </script>
  </body>
</html>
`;
