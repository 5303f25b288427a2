import { ApiClient } from '../cache/api-client.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { median } from '../measure/median.ts';
import type { BenchServer } from '../servers/start-server.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { changedTables, changeRows } from './change-rows.ts';
import { momentNow } from './moments.ts';
import { neighbours } from './tenants.ts';

/** What `@asOf` takes for each change since then, in microseconds of the server's CPU. */
export interface PastRead {
  readonly title: string;
  readonly changes: number;
  readonly microsPerChange: number;
  /** Of the whole query. */
  readonly wallMs: number;
}

/** Changes since then, of the latest moment first. */
const SIZES = [1_000, 10_000, 50_000] as const;
const READS = 5;

const ITEM = 'query ($tenant: ID!) @AT { orderItems(shardKey: $tenant, first: 1) { nodes { quantity } } }';
const REVIEW = 'query ($tenant: ID!) @AT { reviews(shardKey: $tenant, first: 1) { nodes { title } } }';
const SEARCH =
  'query ($tenant: ID!) @AT { reviews(shardKey: $tenant, search: "arrived", first: 1) { nodes { title } } }';

/** The same query at moments that more and more changes lie behind: of a table without a search index, and of one with it. */
export async function measurePastReads(server: BenchServer, shop: ShopIndex): Promise<PastRead[]> {
  const client = new ApiClient(server);
  const [one, other] = neighbours(shop);
  const ofItems = await changedSince(client, one, changedTables(shop, one).items);
  const results = await read(client, server, 'no search index', ITEM, one, ofItems);
  // Log rows of the shard's other tenants are looked through too, which is little beside taking one's own back.
  const ofReviews = await changedSince(client, other, changedTables(shop, other).reviews);
  results.push(...(await read(client, server, 'a search index', REVIEW, other, ofReviews)));
  results.push(...(await read(client, server, 'a search index that is searched', SEARCH, other, ofReviews)));
  return results;
}

/** Moments by the number of changes since then. */
async function changedSince(
  client: ApiClient,
  tenant: string,
  table: Parameters<typeof changeRows>[2],
): Promise<ReadonlyMap<number, string>> {
  const moments = new Map<number, string>();
  for (const [at, size] of SIZES.toReversed().entries()) {
    moments.set(size, await momentNow());
    await changeRows(client, tenant, table, size - (SIZES.toReversed()[at + 1] ?? 0));
  }
  await momentNow();
  return moments;
}

async function read(
  client: ApiClient,
  server: BenchServer,
  title: string,
  query: string,
  tenant: string,
  moments: ReadonlyMap<number, string>,
): Promise<PastRead[]> {
  const costOf = async (text: string) => {
    const runs: { readonly cpuMs: number; readonly wallMs: number }[] = [];
    for (let run = 0; run <= READS; run++) {
      const [startedAt, cpuBefore] = [performance.now(), cpuTimeMs(server.workerdPid)];
      await client.ask(text, { tenant });
      runs.push({ wallMs: performance.now() - startedAt, cpuMs: cpuTimeMs(server.workerdPid) - cpuBefore });
    }
    // The first one compiles the operation.
    const measured = runs.slice(1);
    return { cpuMs: median(measured.map((run) => run.cpuMs)), wallMs: median(measured.map((run) => run.wallMs)) };
  };
  const present = await costOf(query.replace('@AT', '@consistency(mode: STRONG)'));
  const results: PastRead[] = [];
  for (const changes of SIZES) {
    const past = await costOf(query.replace('@AT', `@asOf(time: "${moments.get(changes)}")`));
    const microsPerChange = ((past.cpuMs - present.cpuMs) * 1_000) / changes;
    results.push({ title, changes, microsPerChange, wallMs: past.wallMs });
  }
  return results;
}
