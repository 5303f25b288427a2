import type { Counts, OperationCounts, OperationKind, TableCounts } from '../../isolate-report.ts';

/** What is usual: sums that forget, so that what was an hour ago counts half. Plain data, kept with the alerts. */
export interface UsualRates {
  /** For how long there has been something to learn from, in milliseconds. Periods in which nothing was reported do not count. */
  readonly learntMs: number;
  /** The same, of which as much is forgotten as of the sums: they are of so long a time. */
  readonly weightMs: number;
  readonly atMs: number;
  /** By GraphQL type of the table. */
  readonly tables: Readonly<Record<string, CacheLookups>>;
  readonly requests: number;
  /** Requests without a valid credential. */
  readonly unauthenticated: number;
  /** By requests of clients. */
  readonly rowsWritten: number;
}

/** Answers that were looked for in the cache, and those that it had. */
interface CacheLookups {
  readonly lookups: number;
  readonly hits: number;
}

export const NOTHING_USUAL: UsualRates = {
  learntMs: 0,
  weightMs: 0,
  atMs: 0,
  tables: {},
  requests: 0,
  unauthenticated: 0,
  rowsWritten: 0,
};

/** Before this, nobody knows what is usual. */
const LEARNT_MS = 600_000;

export const isLearnt = ({ learntMs }: UsualRates): boolean => learntMs >= LEARNT_MS;

const HALF_LIFE_MS = 3_600_000;
/** Tables of which less than this is left are forgotten. */
const LEAST_LOOKUPS = 1;

/** Takes in what was reported in a period. */
export function withPeriod(usual: UsualRates, counts: Counts, periodMs: number, nowMs: number): UsualRates {
  const kept = 0.5 ** (Math.max(0, nowMs - usual.atMs) / HALF_LIFE_MS);
  const tables = new Map(
    Object.entries(usual.tables).map(([table, { lookups, hits }]) => [
      table,
      { lookups: lookups * kept, hits: hits * kept },
    ]),
  );
  for (const counted of counts.tables) {
    const { lookups, hits } = lookupsOf(counted);
    const known = tables.get(counted.table) ?? { lookups: 0, hits: 0 };
    tables.set(counted.table, { lookups: known.lookups + lookups, hits: known.hits + hits });
  }
  const requests = requestsOf(counts);
  const learntMs = requests > 0 ? periodMs : 0;
  return {
    learntMs: usual.learntMs + learntMs,
    weightMs: usual.weightMs * kept + learntMs,
    atMs: nowMs,
    tables: Object.fromEntries([...tables].filter(([, { lookups }]) => lookups >= LEAST_LOOKUPS)),
    requests: usual.requests * kept + requests,
    unauthenticated: usual.unauthenticated * kept + unauthenticatedOf(counts),
    rowsWritten: usual.rowsWritten * kept + rowsWrittenOf(counts),
  };
}

export function lookupsOf({ answers }: TableCounts): CacheLookups {
  const inLayer = (layer: string) => (answers[layer]?.hit ?? 0) + (answers[layer]?.['stale-hit'] ?? 0);
  const hits = inLayer('memory') + inLayer('kv');
  return { lookups: hits + (answers.shard?.miss ?? 0), hits };
}

/** Of clients, whatever became of them. */
export const requestsOf = (counts: Counts): number =>
  ofClients(counts).reduce((sum, { requests }) => sum + requests, 0);

export const rowsWrittenOf = (counts: Counts): number =>
  ofClients(counts).reduce((sum, { usage }) => sum + usage.rowsWritten, 0);

export const unauthenticatedOf = ({ denials }: Counts): number => denials.UNAUTHENTICATED ?? 0;

const CLIENTS: ReadonlySet<OperationKind> = new Set(['query', 'mutation', 'request']);

const ofClients = ({ operations }: Counts): readonly OperationCounts[] =>
  operations.filter(({ kind }) => CLIENTS.has(kind));
