import { EMPTY_SKETCH } from '../../../src/lib/quantile-sketch.ts';
import { MIGRATING } from '../../../src/shards/errors.ts';
import type { Counts, OperationCounts, ShardCalls, TableCounts } from '../../../src/shards/isolate-report.ts';
import { LagHistogram } from '../../../src/shards/lag-histogram.ts';
import type { ShardReport } from '../../../src/shards/shard-report.ts';
import { NO_COUNTS } from '../../../src/shards/tally.ts';
import { below, type Random } from '../random.ts';
import { countsOf, keyCallsOf, operationOf, shardCallsOf, sketchOf } from './counts.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What an isolate has done since its last report. */
export interface SimulatedReport {
  readonly atMs: number;
  readonly release: string;
  readonly counts: Counts;
}

/** Tables, with the share of their reads that the caches answer. `weight`: of all lookups. */
const TABLES = [
  { table: 'Product', weight: 0.6, hits: 0.93 },
  { table: 'Order', weight: 0.3, hits: 0.75 },
  { table: 'Review', weight: 0.09, hits: 0.55 },
  { table: 'Setting', weight: 0.01, hits: 0.98 },
];
/** The first shards have most of the traffic; the last one is written to once in some minutes, and sleeps meanwhile. */
const SHARD_WEIGHTS = [0.3, 0.22, 0.16, 0.12, 0.1, 0.06, 0.0395, 0.0005];
/** Requests a second, at night and at the day's peak. */
const [NIGHT, PEAK] = [3, 150];
const TENANTS = 40;

interface Isolate {
  readonly startMs: number;
  /** When it reports next. */
  dueMs: number;
  reportedMs: number;
  readonly release: string;
  requests: number;
}

/**
 * Eight hours of a deployment in which nothing is wrong: a day's curve with noise and rushes, isolates that come cold and go, four deploys,
 * one of which restarts the shards with a short migration, bots without credentials, imports, failures one in a thousand, and shards that
 * sleep. Seconds go by; isolates report every ten, shards with the first commit of a minute.
 */
export class NormalLoad {
  nowMs: number;
  readonly #beganMs: number;
  readonly #random: Random;
  readonly #deploysMs: number[];
  readonly #rushes: { readonly fromMs: number; readonly toMs: number; readonly factor: number }[];
  /** Slow noise of the rate, as an exponent. */
  #noise = 0;
  #isolates: Isolate[] = [];
  readonly #shards: SimulatedShard[];

  constructor(random: Random, beganMs: number) {
    this.#random = random;
    this.nowMs = beganMs;
    this.#beganMs = beganMs;
    this.#deploysMs = Array.from({ length: 4 }, (_, at) => beganMs + HOUR_MS * (1 + at * 2 + random() * 0.8));
    this.#rushes = Array.from({ length: 6 }, () => {
      const fromMs = beganMs + random() * 8 * HOUR_MS;
      return { fromMs, toMs: fromMs + (1 + random() * 10) * MINUTE_MS, factor: 1.5 + random() * 1.5 };
    });
    this.#shards = SHARD_WEIGHTS.map((weight, at) => new SimulatedShard(`shard-${at}`, weight, random, beganMs));
  }

  /** One second, and what is reported in it. */
  second(): { readonly isolates: readonly SimulatedReport[]; readonly shards: readonly ShardReport[] } {
    this.nowMs += SECOND_MS;
    const { nowMs } = this;
    const rate = this.#rate();
    this.#scale(rate);
    for (let requests = poisson(this.#random, rate); requests > 0; requests--) {
      this.#isolates[below(this.#random, this.#isolates.length)]!.requests++;
    }
    const due = this.#isolates.filter(({ dueMs, requests }) => dueMs <= nowMs && requests > 0);
    const deploy = this.#deploysMs.findIndex((ms) => nowMs >= ms && nowMs < ms + MINUTE_MS);
    const shards = this.#shards.flatMap((shard) =>
      shard.second(nowMs, rate, deploy === 1 ? nowMs - this.#deploysMs[deploy]! : null),
    );
    return { isolates: due.map((isolate) => this.#report(isolate)), shards };
  }

  #rate(): number {
    const day = (this.nowMs - this.#beganMs) / (8 * HOUR_MS);
    const rush = this.#rushes
      .filter(({ fromMs, toMs }) => this.nowMs >= fromMs && this.nowMs < toMs)
      .reduce((factor, each) => factor * each.factor, 1);
    this.#noise = 0.99 * this.#noise + 0.03 * normal(this.#random);
    return (NIGHT + (PEAK - NIGHT) * Math.sin(Math.PI * day) ** 2) * rush * Math.exp(this.#noise);
  }

  /** As many isolates as the rate wants. After a deploy all are new within half a minute; some end at any time. */
  #scale(rate: number): void {
    const { nowMs } = this;
    const deployed = this.#deploysMs.filter((ms) => nowMs >= ms).length;
    const release = `v${deployed}`;
    this.#isolates = this.#isolates.filter((each) =>
      each.release === release ? this.#random() > 1 / 1_800 : this.#random() > 0.15,
    );
    const wanted = Math.max(1, Math.min(24, Math.round(rate / 8)));
    while (this.#isolates.length < wanted) {
      const dueMs = nowMs + 1 + below(this.#random, 10 * SECOND_MS);
      this.#isolates.push({ ...{ startMs: nowMs, dueMs, reportedMs: nowMs }, release, requests: 0 });
    }
    if (this.#isolates.length > 2 * wanted) this.#isolates.shift();
  }

  #report(isolate: Isolate): SimulatedReport {
    const { nowMs } = this;
    const random = this.#random;
    const { requests, release } = isolate;
    isolate.requests = 0;
    isolate.dueMs = nowMs + 10 * SECOND_MS;
    const sinceMs = isolate.reportedMs;
    isolate.reportedMs = nowMs;
    // A cold isolate has nothing in memory; KV has three quarters of it.
    const coldness = Math.exp(-(nowMs - isolate.startMs) / (20 * SECOND_MS));
    return { atMs: nowMs, release, counts: this.#counts(requests, coldness, this.#blipSeconds(sinceMs), random) };
  }

  /** Shards restarted for about two seconds within the time. */
  #blipSeconds(sinceMs: number): number {
    const fromMs = this.#deploysMs[1]!;
    return Math.max(0, Math.min(this.nowMs, fromMs + 2 * SECOND_MS) - Math.max(sinceMs, fromMs)) / SECOND_MS;
  }

  #counts(requests: number, coldness: number, blipSeconds: number, random: Random): Counts {
    const writes = binomial(random, requests, 0.12);
    // Requests that meet a restarting shard are repeated by the router; one in ten runs out of attempts.
    const unavailable = binomial(random, requests, 0.4 * 0.1 * (blipSeconds / 10));
    const failures = binomial(random, requests, 0.001);
    const late = binomial(random, requests, 0.0005);
    const rare = binomial(random, requests, 0.003);
    const bots = random() < 0.004 ? 5 + below(random, 30) : 0;
    const expired = binomial(random, requests, 0.01);
    const denied = bots + expired;
    const isImport = random() < 0.001;
    const imported = isImport ? below(random, 15_000) : 0;
    const calls = writes + binomial(random, requests, 0.3);
    const operations: OperationCounts[] = [
      operationOf('Products', {
        ...{ requests: requests - writes - rare + denied, failed: failures + unavailable + denied },
        errors: errorsOf({
          INTERNAL_SERVER_ERROR: failures,
          DEADLINE_EXCEEDED: late,
          SHARD_UNAVAILABLE: unavailable,
          UNAUTHENTICATED: denied,
        }),
        usage: { objectRequests: calls - writes },
      }),
      operationOf('PlaceOrder', {
        ...{ kind: 'mutation', requests: writes, usage: { rowsWritten: writes * 9, objectRequests: writes } },
      }),
      operationOf('Report', {
        ...{ requests: rare, errors: errorsOf({ DEADLINE_EXCEEDED: binomial(random, rare, 0.02) }) },
      }),
      ...(isImport
        ? [operationOf('Import', { kind: 'mutation', requests: 20, usage: { rowsWritten: imported } })]
        : []),
    ];
    return countsOf({
      operations: operations.filter((each) => each.requests > 0),
      shards: SHARD_WEIGHTS.map((weight, at) => this.#shardCalls(`shard-${at}`, calls, weight, blipSeconds)),
      keys: Array.from({ length: 5 }, (_, at) =>
        keyCallsOf(`tenant-${at === 0 ? 0 : below(random, TENANTS)}`, {
          ...{ requests: Math.round(requests / 10), operation: 'Products' },
          usage: { rowsWritten: writes + (at === 0 ? imported : 0), objectRequests: Math.round(calls / 10) },
        }),
      ),
      tables: TABLES.map((table) => tableCounts(table, requests, coldness, random)),
      denials: denied > 0 ? { UNAUTHENTICATED: denied } : {},
      queue: {
        ...{ ...NO_COUNTS.queue, batches: writes > 0 ? 1 : 0, messages: writes },
        ageMs: writes > 0 ? sketchOf([lagMs(random)]) : EMPTY_SKETCH,
      },
    });
  }

  #shardCalls(shard: string, all: number, weight: number, blipSeconds: number): ShardCalls {
    const random = this.#random;
    const calls = binomial(random, all, weight);
    const failed = binomial(random, calls, Math.min(1, 0.0005 + (blipSeconds / 10) * 0.5));
    const migrating = blipSeconds > 0 ? binomial(random, calls, 0.1) : 0;
    const refused = random() < 0.002 ? below(random, 8) : 0;
    return shardCallsOf(shard, {
      ...{ calls: calls - failed, failed, refused },
      codes: { ...errorsOf({ SHARD_UNAVAILABLE: failed, OVERLOADED: refused, [MIGRATING]: migrating }) },
    });
  }
}

/** A shard, with commits as often as its part of the traffic wants. */
class SimulatedShard {
  readonly #name: string;
  readonly #weight: number;
  readonly #random: Random;
  #lags = new LagHistogram();
  #life = 0;
  #puts = 0;
  #liveBytes: number;
  #minute = -1;
  #lastCommitMs: number;

  constructor(name: string, weight: number, random: Random, nowMs: number) {
    this.#name = name;
    this.#weight = weight;
    this.#random = random;
    this.#liveBytes = (0.05 + random() * 0.5) * 10_000_000_000;
    this.#lastCommitMs = nowMs;
  }

  /** @param sinceDeployMs how long ago it was restarted; null: long. */
  second(nowMs: number, rate: number, sinceDeployMs: number | null): ShardReport[] {
    const random = this.#random;
    if (sinceDeployMs !== null && sinceDeployMs < SECOND_MS) {
      this.#life++;
      this.#lags = new LagHistogram();
      this.#puts = 0;
    }
    const commits = poisson(random, rate * 0.12 * this.#weight);
    if (commits === 0) return [];
    // One that has slept is slower, and so are all just after a restart.
    const slept = nowMs - this.#lastCommitMs > 15 * SECOND_MS;
    const slower = slept || (sinceDeployMs !== null && sinceDeployMs < 5 * SECOND_MS) ? 3 : 1;
    for (let commit = 0; commit < commits; commit++) this.#lags.observe(lagMs(random) * slower);
    this.#lastCommitMs = nowMs;
    this.#puts += commits;
    this.#liveBytes += commits * 4_000;
    const minute = Math.floor((nowMs + this.#weight * 1e6) / MINUTE_MS);
    if (minute === this.#minute) return [];
    this.#minute = minute;
    return [this.#report(nowMs)];
  }

  #report(atMs: number): ShardReport {
    const { counts, sumMs } = this.#lags;
    return {
      ...{ shard: this.#name, atMs, growth: [], otherGrowth: 0 },
      figures: {
        ...{ liveBytes: this.#liveBytes, level: 'OK', rows: 1, logBytes: 0, restorableSince: 0, lastVersion: 1 },
        ...{ migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
      },
      counts: {
        ...{ life: String(this.#life), invalidationLag: { counts: [...counts], sumMs }, stampPuts: this.#puts },
        audits: [],
      },
    };
  }
}

function tableCounts(
  { table, weight, hits: usually }: (typeof TABLES)[number],
  requests: number,
  coldness: number,
  random: Random,
): TableCounts {
  const lookups = binomial(random, Math.round(requests * 1.5), weight);
  // What is asked changes from report to report, not only by chance.
  const share = Math.min(1, Math.max(0, usually * (1 - 0.25 * coldness) + 0.04 * normal(random)));
  const hits = binomial(random, lookups, share);
  const kv = Math.round(hits * Math.max(0.1, coldness));
  return {
    table,
    answers: { memory: { hit: hits - kv }, kv: { hit: kv }, shard: { miss: lookups - hits } },
  };
}

/** The median is 120 ms; one in two hundred takes longer than a second. */
const lagMs = (random: Random): number => 120 * Math.exp(0.8 * normal(random));

const errorsOf = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Approximated where it is large. */
function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

function binomial(random: Random, times: number, share: number): number {
  const variance = times * share * (1 - share);
  if (variance > 20) {
    return Math.min(times, Math.max(0, Math.round(times * share + Math.sqrt(variance) * normal(random))));
  }
  if (share > 0.5) return times - binomial(random, times, 1 - share);
  return Math.min(times, poisson(random, times * share));
}
