import { ApiClient } from '../cache/api-client.ts';
import { bodyOf } from '../cells/api-cells.ts';
import { generateLoad, type LoadResult } from '../load/generate-load.ts';
import { httpRequest } from '../load/http-request.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { median } from '../measure/median.ts';
import type { BenchServer } from '../servers/start-server.ts';
import { CUSTOMER_BY_ID } from '../workloads/queries.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { changedTables, changeRows } from './change-rows.ts';
import { momentNow } from './moments.ts';
import { restoreTenant, undoRestore } from './operator.ts';
import { type ReadsInTurn, readInTurn } from './read-in-turn.ts';
import { neighbours } from './tenants.ts';

/** A restore while another tenant of the same shard reads its rows, one after the other. */
interface Restored {
  readonly changes: number;
  /** From the request to the end, in milliseconds. */
  readonly wallMs: number;
  /** Of the server, for the reads too. */
  readonly cpuMs: number;
  readonly others: ReadsInTurn;
}

interface Round extends Restored {
  /** The same reads for as long without a restore. */
  readonly othersBefore: ReadsInTurn;
  /** 99 % of the reads over 16 connections take at most so long, while the restore is undone, and before. */
  readonly p99Ms: number;
  readonly p99BeforeMs: number;
}

export interface RestoreSpeed {
  readonly rounds: readonly Round[];
  /** All changes in one commit, which one step takes back. */
  readonly oneCommit: Restored;
}

const CHANGES = 10_000;
/** Part of them in each table: of reviews in a full-text index too. */
const SHARES = { orders: 0.25, items: 0.6, reviews: 0.1, customers: 0.05 } as const;
const CONNECTIONS = 16;
const MOST_SECONDS = 60;
const BEFORE_MS = 2_000;

/** A tenant's changed rows go back, while others of its shard read theirs. */
export async function measureRestore(server: BenchServer, shop: ShopIndex, rounds: number): Promise<RestoreSpeed> {
  const client = new ApiClient(server);
  const [tenant, other] = neighbours(shop);
  const tables = changedTables(shop, tenant);
  const bodies = readsOf(shop, other);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = await momentNow();
    for (const name of Object.keys(SHARES) as (keyof typeof SHARES)[]) {
      await changeRows(client, tenant, tables[name], CHANGES * SHARES[name]);
    }
    await momentNow();
    const othersBefore = await readInTurn(server, bodies, AbortSignal.timeout(BEFORE_MS));
    const { id, ...restored } = await restore(server, tenant, before, bodies);
    if (restored.changes !== CHANGES) throw new Error(`Expected ${CHANGES} changes, but got ${restored.changes}.`);
    const p99Before = await whileMany(server, bodies, () => new Promise((resolve) => setTimeout(resolve, BEFORE_MS)));
    const p99 = await whileMany(server, bodies, () => undoRestore(server, id));
    measured.push({ ...restored, othersBefore, p99Ms: p99.p99Ms, p99BeforeMs: p99Before.p99Ms });
  }
  const before = await momentNow();
  const { items } = tables;
  await changeRows(client, tenant, items, items.ids.length, items.ids.length);
  await momentNow();
  const { id: _, ...oneCommit } = await restore(server, tenant, before, bodies);
  return { rounds: measured, oneCommit };
}

/** What the rounds agree on. */
export const medianOf = ({ rounds }: RestoreSpeed, figure: (round: Round) => number): number =>
  median(rounds.map(figure));

async function restore(
  server: BenchServer,
  tenant: string,
  to: string,
  bodies: readonly string[],
): Promise<Restored & { readonly id: string }> {
  const ended = new AbortController();
  const reading = readInTurn(server, bodies, ended.signal);
  const [startedAt, cpuBefore] = [performance.now(), cpuTimeMs(server.workerdPid)];
  const { id, totalChanges: changes } = await restoreTenant(server, tenant, to);
  const [wallMs, cpuMs] = [performance.now() - startedAt, cpuTimeMs(server.workerdPid) - cpuBefore];
  ended.abort();
  return { id, changes, wallMs, cpuMs, others: await reading };
}

async function whileMany(
  { port }: BenchServer,
  bodies: readonly string[],
  work: () => Promise<unknown>,
): Promise<LoadResult> {
  const ended = new AbortController();
  const requests = bodies.map((body) => httpRequest('/graphql', body));
  const load = generateLoad({
    port,
    requests,
    connections: CONNECTIONS,
    seconds: MOST_SECONDS,
    until: ended.signal,
  });
  await work();
  ended.abort();
  return await load;
}

/** Point reads of a tenant's customers. */
const readsOf = ({ shop }: ShopIndex, tenant: string): string[] =>
  shop.customers
    .filter(({ tenant_id }) => tenant_id === tenant)
    .map(({ id }) => bodyOf({ query: CUSTOMER_BY_ID, variables: { tenant, id }, expected: () => null }));
