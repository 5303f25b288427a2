import { signDevelopmentToken } from '../../scripts/cli/token/create-token.ts';
import { Random } from '../../scripts/demo/random.ts';
import { httpRequest } from '../load/http-request.ts';
import type { BenchServer } from '../servers/start-server.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { type GraphqlRequest, makeRequests, type Workload } from '../workloads/workload.ts';
import { type Cell, CHECKED_ANSWERS, checkAnswer } from './cell.ts';

export const REQUEST_SEED = 1;

const PATH = '/graphql';

/** The workload against the API; its first answers are checked, and its writes read back. */
export async function makeApiCell(server: BenchServer, workload: Workload, shop: ShopIndex): Promise<Cell> {
  const requests = makeRequests(workload, shop, new Random(REQUEST_SEED));
  const tokens = await tokensOf(requests);
  for (const request of requests.slice(0, CHECKED_ANSWERS)) {
    await check(server, request, tokens);
    if (request.readBack) await check(server, request.readBack, tokens);
  }
  const { name, title, connections, mayBeRefused, isUnread } = workload;
  const bodies = requests.map(bodyOf);
  const sent = requests.map(({ as }, at) => httpRequest(PATH, bodies[at]!, tokens.get(as)));
  // Callers with rules get no traces.
  const traced = tokens.size === 0 ? bodies : undefined;
  return { name, title, server, connections, requests: sent, bodies: traced, mayBeRefused, isUnread };
}

type Tokens = ReadonlyMap<string | undefined, string>;

const HOUR_MS = 3_600_000;

/** By who asks. */
async function tokensOf(requests: readonly GraphqlRequest[]): Promise<Tokens> {
  const expiresAt = new Date(Date.now() + HOUR_MS);
  const tokens = new Map<string, string>();
  for (const as of new Set(requests.flatMap((request) => request.as ?? []))) {
    tokens.set(as, await signDevelopmentToken(as, expiresAt));
  }
  return tokens;
}

export const bodyOf = ({ query, variables }: GraphqlRequest): string => JSON.stringify({ query, variables });

const check = ({ port }: BenchServer, request: GraphqlRequest, tokens: Tokens): Promise<void> =>
  checkAnswer(port, PATH, bodyOf(request), { data: request.expected() }, tokens.get(request.as));
