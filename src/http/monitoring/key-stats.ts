import { TopCounts } from '../../lib/top-counts.ts';
import { type KeyCalls, MAX_KEY_OPERATIONS, OTHER_KEYS } from '../../shards/isolate-report.ts';
import { dollarsOf } from '../../shards/prices.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { addUsage, noUsage, type Usage, type UsageCounts, type UsageName } from '../../shards/usage.ts';
import type { RequestMeter } from './request-meter.ts';

/** Shard keys that are counted each by itself, and those that are reported so. */
const MAX_KEYS = 128;
const REPORTED_KEYS = 50;

/** Counts of requests of one shard key. */
export class KeyStats {
  readonly shardKey: ShardKey;
  /** What it costs, with what the one had whose place it took: for the choice of which one goes. */
  weight: number;
  #shard: string | null = null;
  #requests = 0;
  #usage: UsageCounts = noUsage();
  #operation: string | null = null;
  #votes = 0;
  readonly #operations = new TopCounts(MAX_KEY_OPERATIONS);
  /** Where its counts are; null: here. */
  #successor: KeyStats | null = null;

  constructor(shardKey: ShardKey, weight: number) {
    this.shardKey = shardKey;
    this.weight = weight;
  }

  finished({ shard, usage, operation }: RequestMeter): void {
    this.#shard = shard ?? this.#shard;
    this.#requests++;
    this.#add(usage);
    const hash = operation?.hash ?? null;
    if (hash !== null && this.shardKey !== OTHER_KEYS) this.#operations.add(hash, 1);
    // The majority vote of Boyer and Moore: one candidate, and by how much it leads.
    if (hash === this.#operation) this.#votes++;
    else if (this.#votes === 0) {
      this.#operation = hash;
      this.#votes = 1;
    } else this.#votes--;
  }

  /** By a request that is finished. */
  used(name: UsageName, times: number): void {
    if (this.#successor) this.#successor.used(name, times);
    else this.#usage[name] += times;
  }

  get counts(): KeyCalls {
    const operation = this.#votes > 0 ? this.#operation : null;
    return {
      ...{ shard: this.#shard, shardKey: this.shardKey, requests: this.#requests, usage: this.#usage, operation },
      operations: this.#operations.toRecord(),
    };
  }

  /** Its counts are the other's from now on. */
  leaveTo(other: KeyStats): void {
    other.#requests += this.#requests;
    addUsage(other.#usage, this.#usage);
    this.#successor = other;
  }

  /** Forgets what it has, which was reported; what comes late counts for another. */
  retire(other: KeyStats): void {
    this.#successor = other;
  }

  #add(usage: Usage): void {
    addUsage(this.#usage, usage);
    this.weight += dollarsOf(usage);
  }
}

/**
 * Which shard keys cost most, in bounded memory: where there is no room for another, the one that costs least goes, and the new one
 * inherits its weight, but not its counts (Metwally et al., "Space-Saving", 2005). So none that costs much is overlooked, and all
 * counts are exact, with those of the rest.
 */
export class BusyKeys {
  readonly #byKey = new Map<ShardKey, KeyStats>();
  #rest = new KeyStats(OTHER_KEYS, 0);

  /** @param shardKey null: several or none. */
  of(shardKey: ShardKey | null): KeyStats {
    if (shardKey === null) return this.#rest;
    const known = this.#byKey.get(shardKey);
    if (known) return known;
    const stats = new KeyStats(shardKey, this.#makeRoom());
    this.#byKey.set(shardKey, stats);
    return stats;
  }

  get counts(): KeyCalls[] {
    return [...this.#byKey.values(), this.#rest].map(({ counts }) => counts);
  }

  take(): KeyCalls[] {
    const byWeight = [...this.#byKey.values()].sort((a, b) => b.weight - a.weight);
    for (const stats of byWeight.slice(REPORTED_KEYS)) stats.leaveTo(this.#rest);
    const taken = [...byWeight.slice(0, REPORTED_KEYS), this.#rest];
    this.#byKey.clear();
    const late = new KeyStats(OTHER_KEYS, 0);
    for (const stats of taken) stats.retire(late);
    this.#rest = late;
    return taken.map(({ counts }) => counts).filter(isUsed);
  }

  /** The weight of the one that went. */
  #makeRoom(): number {
    if (this.#byKey.size < MAX_KEYS) return 0;
    let least: KeyStats | null = null;
    for (const stats of this.#byKey.values()) if (least === null || stats.weight < least.weight) least = stats;
    this.#byKey.delete(least!.shardKey);
    least!.leaveTo(this.#rest);
    return least!.weight;
  }
}

const isUsed = ({ requests, usage }: KeyCalls): boolean =>
  requests > 0 || Object.values(usage).some((times) => times > 0);
