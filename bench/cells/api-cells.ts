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
  for (const request of requests.slice(0, CHECKED_ANSWERS)) {
    await check(server, request);
    if (request.readBack) await check(server, request.readBack);
  }
  const { name, title, connections } = workload;
  const bodies = requests.map(bodyOf);
  return { name, title, server, connections, requests: bodies.map((body) => httpRequest(PATH, body)), bodies };
}

export const bodyOf = ({ query, variables }: GraphqlRequest): string => JSON.stringify({ query, variables });

const check = ({ port }: BenchServer, request: GraphqlRequest): Promise<void> =>
  checkAnswer(port, PATH, bodyOf(request), { data: request.expected() });
