import { planNameOf } from '../cells/floor-names.ts';
import type { Work } from '../measure/count-work.ts';
import { median } from '../measure/median.ts';
import type { Figures } from '../measure/run-rounds.ts';
import type { ImportFigures } from '../servers/import-shop.ts';
import type { StartupRow } from '../startup/measure-startup.ts';
import { evenWrites, zipfWrites } from '../workloads/contended-writes.ts';
import { BULK_ROWS, createBulk } from '../workloads/create-bulk.ts';

const HAND_WRITTEN = 'the hand-written plan';

/** The most CPU that a request may take, as a multiple of another one's in the same round. */
const RATIO_GOALS = [
  { workload: 'W1', most: 2.2, than: planNameOf('W1'), called: HAND_WRITTEN },
  { workload: 'W3', most: 2.5, than: planNameOf('W3'), called: HAND_WRITTEN },
  { workload: 'W7', most: 1.2, than: planNameOf('W7'), called: HAND_WRITTEN },
  { workload: 'W1-rules', most: 1.1, than: 'W1', called: 'W1 without a token' },
  { workload: 'W3-rules', most: 1.05, than: 'W3', called: 'W3 without a token' },
  { workload: 'C1-rules', most: 1.1, than: 'C1', called: 'C1 without a token' },
  { workload: 'W12', most: 1.3, than: 'W6', called: 'the update of W6' },
  ...['W1', 'W2', 'W4', 'W9-items'].flatMap((strong) =>
    ['unread', 'unread-far'].map((suffix) => ({
      workload: `${strong}-${suffix}`,
      most: 1.2,
      than: strong,
      called: `${strong}, STRONG`,
    })),
  ),
  // The same statements and rows: 1, and what two equal requests differ by.
  { workload: 'W13', most: 1.05, than: 'set-W13', called: 'the update of set-W13' },
] as const;

/** The most CPU that a row of W10 may take, as a multiple of an imported one's. */
const MOST_TIMES_IMPORT = 2;

/** How many times the requests per second of the strong list its memory hits must reach. */
const LEAST_CACHE_GAIN = 1.5;

/** The least rate of writers who are in each other's way, as a part of that of others. */
const LEAST_CONTENDED = 0.95;

/** How many calls to shards a request takes. */
const CALL_GOALS = [
  { workload: 'C1', calls: 0 },
  { workload: 'C3', calls: 0 },
  { workload: 'W11', calls: 1 },
] as const;

/** What a run under load has measured. */
interface Measured {
  readonly rows: readonly Figures[];
  readonly work: readonly Work[];
  readonly import: Pick<ImportFigures, 'cpuMsPerReview'>;
}

/** One line per goal whose workloads were measured. */
export const describeGoals = (measured: Measured): string[] => [
  ...RATIO_GOALS.flatMap((goal) => ratioGoal(goal, measured)),
  ...bulkGoal(measured),
  ...contentionGoal(measured),
  ...cacheGoals(measured),
  ...CALL_GOALS.flatMap((goal) => callGoal(goal, measured)),
];

const roundsOf = (rows: readonly Figures[], name: string) => rows.find((row) => row.name === name)?.cpuMsOfRounds;

/** The median of what one workload takes as a multiple of another's, round by round; null unless both were measured. */
function timesOther(rows: readonly Figures[], name: string, other: string): number | null {
  const [own, others] = [roundsOf(rows, name), roundsOf(rows, other)];
  return own && others ? median(own.map((cpuMs, round) => cpuMs / others[round]!)) : null;
}

function ratioGoal({ workload, most, than, called }: (typeof RATIO_GOALS)[number], { rows }: Measured): string[] {
  const got = timesOther(rows, workload, than);
  if (got === null) return [];
  return [`goal ${workload}: at most ${most} × ${called}: ${got.toFixed(2)} ×, ${verdict(got <= most)}`];
}

function bulkGoal({ rows, import: { cpuMsPerReview } }: Measured): string[] {
  const cpuMs = roundsOf(rows, createBulk.name);
  if (!cpuMs) return [];
  const got = median(cpuMs) / BULK_ROWS / cpuMsPerReview;
  return [
    `goal ${createBulk.name}: a row at most ${MOST_TIMES_IMPORT} × one that is imported: ${got.toFixed(2)} ×, ${verdict(got <= MOST_TIMES_IMPORT)}`,
  ];
}

function contentionGoal({ rows }: Measured): string[] {
  const [even, zipf] = [evenWrites, zipfWrites].map((of) => rows.find(({ name }) => name === of.name));
  if (!even || !zipf) return [];
  const rates = even.requestsPerSecondOfRounds;
  const got = median(zipf.requestsPerSecondOfRounds.map((rate, round) => rate / rates[round]!));
  return [
    `goal ${zipf.name}: at least ${LEAST_CONTENDED} × the requests per second of ${even.name}: ${got.toFixed(2)} ×, ${percent(zipf.refused)} and ${percent(even.refused)} of all refused, ${verdict(got >= LEAST_CONTENDED)}`,
  ];
}

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

function cacheGoals({ rows, work }: Measured): string[] {
  const gain = timesOther(rows, 'L3', 'C3');
  const inKv = work.filter(({ name }) => name.endsWith('-kv'));
  return [
    ...(gain
      ? [
          `goal C3: at least ${LEAST_CACHE_GAIN} × the requests per CPU second of L3: ${gain.toFixed(2)} ×, ${verdict(gain >= LEAST_CACHE_GAIN)}`,
        ]
      : []),
    ...inKv.map(
      ({ name, rpcs, kvGets, kvKeys }) =>
        `goal ${name}: one bulk get of two keys: ${kvGets.toFixed(2)} of ${kvKeys.toFixed(2)} keys and ${rpcs.toFixed(2)} calls, ${verdict(kvGets === 1 && kvKeys === 2 && rpcs === 0)}`,
    ),
  ];
}

function callGoal({ workload, calls }: (typeof CALL_GOALS)[number], { work }: Measured): string[] {
  const counted = work.find(({ name }) => name === workload);
  if (!counted) return [];
  return [
    `goal ${workload}: calls to shards: ${calls} per request: ${counted.rpcs.toFixed(2)}, ${verdict(counted.rpcs === calls)}`,
  ];
}

/** The most CPU until the first answer, in milliseconds, loading included. */
const STARTUP_GOALS = [
  { tables: 6, cpuMs: 50 },
  { tables: 100, cpuMs: 250 },
] as const;

const MAX_GZIPPED_KB = 500;

export function describeStartupGoals(rows: readonly StartupRow[]): string[] {
  const starts = STARTUP_GOALS.flatMap(({ tables, cpuMs }) => {
    const row = rows.find((candidate) => candidate.tables === tables);
    if (!row) return [];
    const got = row.loadMs + row.firstAnswerMs;
    return [
      `goal start-up, ${tables} tables: at most ${cpuMs} ms CPU to the first answer: ${got.toFixed(0)} ms, ${verdict(got <= cpuMs)}`,
    ];
  });
  const greatestKb = Math.max(...rows.map(({ gzippedBytes }) => gzippedBytes / 1_000));
  return [
    ...starts,
    `goal bundle: at most ${MAX_GZIPPED_KB} KB gzipped: ${greatestKb.toFixed(0)} KB, ${verdict(greatestKb <= MAX_GZIPPED_KB)}`,
  ];
}

const verdict = (isHeld: boolean): string => (isHeld ? 'held' : 'missed');
