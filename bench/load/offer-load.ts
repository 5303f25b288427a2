import { createConnection, type Socket } from 'node:net';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { ResponseReader } from './response-reader.ts';

export interface Offer {
  readonly port: number;
  /** Complete HTTP requests, sent in turn; see `httpRequest`. */
  readonly requests: readonly Buffer[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Requests that may wait at the same time; what is due beyond them is not sent, as by a client that gives up. Default 5,000. */
  readonly maxWaiting?: number;
}

export interface Offered {
  /** Seconds until the last answer. */
  readonly seconds: number;
  readonly due: number;
  readonly notSent: number;
  /** Answers without errors, those within the time of the offer, and how long they took. */
  readonly answered: number;
  readonly answeredInTime: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** By the first error's code; answers that are no GraphQL by their status. */
  readonly refused: Readonly<Record<string, number>>;
  /** Refusals that say when to try again, or that it may be at once. */
  readonly withHint: number;
}

/** Between looks at what is due, in milliseconds. */
const TICK_MS = 2;
const DEFAULT_WAITING = 5_000;
/** What has no answer by then will have none. */
const PATIENCE_MS = 30_000;

/**
 * Open loop: requests are sent when they are due, however slow the answers are, as by clients that know nothing of each other. Refusals
 * are counted; a connection that breaks ends the run.
 */
export async function offerLoad(offer: Offer): Promise<Offered> {
  const { requests, perSecond, seconds, maxWaiting = DEFAULT_WAITING } = offer;
  const tally = new Tally();
  const connections = new Connections(offer.port, tally);
  const startedAt = performance.now();
  let due = 0;
  let notSent = 0;
  for (let elapsed = 0; elapsed < seconds * 1_000; elapsed = performance.now() - startedAt) {
    for (const dueNow = Math.floor((elapsed / 1_000) * perSecond); due < dueNow; due++) {
      if (tally.waiting >= maxWaiting) notSent++;
      else connections.send(requests[due % requests.length]!);
    }
    await sleep(TICK_MS);
  }
  const answeredInTime = tally.histogram.count;
  for (const endsAt = performance.now() + PATIENCE_MS; tally.waiting > 0 && performance.now() < endsAt; )
    await sleep(TICK_MS);
  connections.close();
  if (tally.failure !== null) throw tally.failure;
  const { histogram, refused, withHint } = tally;
  return {
    seconds: (performance.now() - startedAt) / 1_000,
    ...{ due, notSent, answered: histogram.count, answeredInTime },
    ...{ p50Ms: histogram.percentile(50) / 1e6, p99Ms: histogram.percentile(99) / 1e6 },
    ...{ refused: Object.fromEntries(refused), withHint },
  };
}

class Tally {
  waiting = 0;
  withHint = 0;
  failure: Error | null = null;
  readonly histogram: RecordableHistogram = createHistogram();
  readonly refused = new Map<string, number>();

  took(status: number, body: Buffer, nanoseconds: bigint): void {
    this.waiting--;
    const text = body.toString();
    const code = /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? (status === 200 ? null : `HTTP ${status}`);
    if (code === null) {
      this.histogram.record(nanoseconds > 0n ? nanoseconds : 1n);
      return;
    }
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    if (/"retryAfterMs":\d|"retryable":true/.test(text)) this.withHint++;
  }
}

/** As many as wait at the same time; one that is free is used again. */
class Connections {
  readonly #port: number;
  readonly #tally: Tally;
  readonly #free: ((request: Buffer) => void)[] = [];
  readonly #sockets: Socket[] = [];

  constructor(port: number, tally: Tally) {
    this.#port = port;
    this.#tally = tally;
  }

  send(request: Buffer): void {
    this.#tally.waiting++;
    (this.#free.pop() ?? this.#open())(request);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): (request: Buffer) => void {
    const socket = createConnection({ port: this.#port, host: '127.0.0.1', noDelay: true });
    this.#sockets.push(socket);
    let sentAt = 0n;
    const send = (request: Buffer) => {
      sentAt = process.hrtime.bigint();
      socket.write(request);
    };
    const reader = new ResponseReader((status, body) => {
      this.#tally.took(status, body, process.hrtime.bigint() - sentAt);
      this.#free.push(send);
    });
    const fail = (error: Error) => {
      this.#tally.failure ??= error;
    };
    socket.on('data', (chunk) => {
      try {
        reader.read(chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    socket.once('error', fail);
    return send;
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
