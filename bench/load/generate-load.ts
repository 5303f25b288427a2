import { createConnection, type Socket } from 'node:net';
import { createHistogram } from 'node:perf_hooks';
import { ResponseReader } from './response-reader.ts';

export interface LoadOptions {
  readonly port: number;
  /** Complete HTTP requests, sent in turn; see `httpRequest`. */
  readonly requests: readonly Buffer[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests that are refused since too much is asked for are counted, and the next ones sent. Default: they end the run, as any error. */
  readonly mayBeRefused?: boolean | undefined;
  /** Ends the load sooner. */
  readonly until?: AbortSignal;
}

export interface LoadResult {
  /** Answered. */
  readonly requests: number;
  readonly refused: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The slowest workload under the heaviest load stays far below. */
const ANSWER_WITHIN_MS = 10_000;
const ERRORS = Buffer.from('"errors":');
const OVERLOADED = Buffer.from('"code":"OVERLOADED"');

/**
 * Closed loop: each connection sends its next request when it has the answer to the last, so the server is busy all the
 * time and a slow one is simply asked less often. Throws if an answer is no 200, or a GraphQL error.
 */
export async function generateLoad(options: LoadOptions): Promise<LoadResult> {
  const { port, requests, connections, seconds, mayBeRefused, until } = options;
  const histogram = createHistogram();
  const startedAt = process.hrtime.bigint();
  const endsAt = startedAt + BigInt(Math.round(seconds * 1e9));
  let next = 0;
  let answered = 0;
  let refused = 0;

  const drive = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0n;
      const send = () => {
        sentAt = process.hrtime.bigint();
        if (sentAt >= endsAt || until?.aborted) return resolve();
        socket.write(requests[next++ % requests.length]!);
      };
      const reader = new ResponseReader((status, body) => {
        if (mayBeRefused && body.includes(OVERLOADED)) {
          refused++;
          return send();
        }
        if (status !== 200 || body.includes(ERRORS)) {
          throw new Error(`Expected an answer without errors, but got ${status}: ${body.toString().slice(0, 500)}`);
        }
        const elapsed = process.hrtime.bigint() - sentAt;
        histogram.record(elapsed > 0n ? elapsed : 1n);
        answered++;
        send();
      });
      socket.on('data', (chunk) => {
        try {
          reader.read(chunk);
        } catch (error) {
          reject(error);
        }
      });
      socket.once('error', reject);
      socket.setTimeout(ANSWER_WITHIN_MS, () => reject(new Error(`Expected an answer within ${ANSWER_WITHIN_MS} ms.`)));
      socket.once('close', () => reject(new Error('Expected the connection to stay open, but the server closed it.')));
      send();
    });

  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(port)));
  try {
    await Promise.all(sockets.map(drive));
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  return {
    requests: answered,
    refused,
    seconds: Number(process.hrtime.bigint() - startedAt) / 1e9,
    p50Ms: histogram.percentile(50) / 1e6,
    p99Ms: histogram.percentile(99) / 1e6,
  };
}

const connect = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
