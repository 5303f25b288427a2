import { type ApiClient, RefusedError, UnreachableError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { Tally } from './tally.ts';
import { type DemoRequest, DemoTraffic } from './traffic.ts';

/** Requests under way at most; what would be more is left out, and counted. */
const MAX_IN_FLIGHT = 64;
const TICK_MS = 20;
/** How often it is asked whether the rows are there, and for how long. */
const RETRY_MS = 500;
const MAX_WAITED_MS = 10 * 60_000;

export interface LoadOptions {
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly seed: number;
  /** Gets what became of the requests since the last report, once a second: `second` is how many have passed. */
  readonly report: (second: number, since: Tally) => void;
  /** Called once if the demo's rows are being loaded, which is waited for. */
  readonly onWaiting?: (why: string) => void;
  readonly signal: AbortSignal;
}

export interface LoadResult {
  readonly tally: Tally;
  readonly seconds: number;
  /** Requests that were not made, since as many as may be were under way. */
  readonly leftOut: number;
}

/**
 * Asks at a rate, whether or not answers come as fast, as users do. Begins once the demo's rows are loaded, and ends early on the
 * signal.
 *
 * @throws CliError if the API cannot be reached when it begins, or does not serve the demo.
 */
export async function runDemoLoad(api: ApiClient, options: LoadOptions): Promise<LoadResult> {
  const { rate, seconds, seed, report, signal } = options;
  await awaitDemo(api, options);
  const traffic = new DemoTraffic(seed);
  const tally = new Tally();
  const underWay = new Set<Promise<void>>();
  let since = new Tally();
  const send = (request: DemoRequest) => {
    const call = timed(api, request).then(([milliseconds, error]) => {
      tally.add(request.name, milliseconds, error);
      since.add(request.name, milliseconds, error);
      underWay.delete(call);
    });
    underWay.add(call);
  };
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1_000;
  let due = 0;
  let leftOut = 0;
  let reported = 0;
  const tell = (second: number) => {
    report(second, since);
    since = new Tally();
    reported = second;
  };
  while (elapsed() < seconds && !signal.aborted) {
    for (; due < elapsed() * rate; due++) {
      if (underWay.size < MAX_IN_FLIGHT) send(traffic.next());
      else leftOut++;
    }
    if (elapsed() >= reported + 1) tell(Math.floor(elapsed()));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(underWay);
  if (!signal.aborted && reported < seconds) tell(seconds);
  return { tally, seconds: elapsed(), leftOut };
}

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const ask = (api: ApiClient, { name, query, variables }: DemoRequest): Promise<Answer> =>
  api.json('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ operationName: name, query, variables }),
  });

async function timed(api: ApiClient, request: DemoRequest): Promise<[milliseconds: number, error: string | null]> {
  const start = performance.now();
  const error = await ask(api, request).then(({ errors = [] }) => errorOf(errors), codeOf);
  return [performance.now() - start, error];
}

const errorOf = ([first]: NonNullable<Answer['errors']>): string | null =>
  first === undefined ? null : (first.extensions?.code ?? 'ERROR');

/** The code of a request that got no GraphQL answer: the load continues while a server restarts. */
function codeOf(error: unknown): string {
  if (error instanceof RefusedError) return error.code ?? `HTTP_${error.status}`;
  if (error instanceof UnreachableError) return 'UNREACHABLE';
  throw error;
}

/** At the first start, `npm start` refuses all requests until the rows are there. */
async function awaitDemo(api: ApiClient, { onWaiting, signal }: LoadOptions): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const failure = await requireDemo(api).then(
      () => null,
      (error: Error) => error,
    );
    if (failure === null) return;
    // The port has nobody for a moment when the API takes it over.
    const isLoading =
      failure instanceof RefusedError
        ? failure.status === 503 && failure.retryAfterMs !== null
        : failure instanceof UnreachableError && waitedMs > 0;
    if (!isLoading || waitedMs >= MAX_WAITED_MS) throw failure;
    if (waitedMs === 0) onWaiting?.(failure.message);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    if (signal.aborted) throw new CliError('Ended while the demo data was being loaded.');
  }
}

/** Rows that the demo's shops have. */
async function requireDemo(api: ApiClient): Promise<void> {
  const query = 'query Demo { customers(first: 1) { nodes { id } } products(first: 1) { nodes { id } } }';
  const { data, errors } = await ask(api, { name: 'Demo', query, variables: {} });
  const found = Object.values(data ?? {}) as { readonly nodes: readonly unknown[] }[];
  if (!errors && found.every(({ nodes }) => nodes.length > 0)) return;
  const why = errors?.[0]?.message ?? 'it has no customers or no products';
  throw new CliError(`Expected ${api.origin} to serve the demo's shops, but: ${why}. npm start loads their rows.`);
}
