import type { CacheKvOperation } from '../../events/event.ts';
import type { Report } from '../../events/report.ts';
import { inTime, type Timers } from '../../lib/timers.ts';
import type { Attributes, Span } from '../../lib/tracing/span.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import { stampsKvKey } from '../../shards/kv-key.ts';
import { MAX_KV_BULK_KEYS } from '../../shards/limits.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { decodeStamps, type Stamps } from '../../shards/stamps.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';
import { decodeEntry, diesAt, type Entry, encodeEntry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/** What the cache needs of a Workers KV namespace. */
export interface KvNamespace {
  get(keys: string[], options: { type: 'text'; cacheTtl: number }): Promise<Map<string, string | null>>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
}

interface KvStoreOptions {
  readonly timers: Timers;
  /** How long a read waits, in milliseconds. */
  readonly patienceMs: number;
  /** See `CacheSettings.kvCacheTtlSeconds`. */
  readonly cacheTtlSeconds: number;
  /** Undefined: what is asked of KV is not traced. */
  readonly tracer?: Tracer | undefined;
}

/** What KV has for some entries and some shard keys. */
interface KvLookup {
  readonly entries: ReadonlyMap<EntryKey, Entry>;
  /** Null: there are none, or none that are to be understood. */
  readonly stamps: ReadonlyMap<ShardKey, Stamps | null>;
}

/** Least time to live that KV takes (developers.cloudflare.com/kv/api/write-key-value-pairs). */
const MIN_KV_LIFE_SECONDS = 60;
/** Larger answers stay in memory: moving them to and from KV would cost more than reading them again. */
const MAX_KV_ENTRY_CHARACTERS = 1_000_000;

/** What was asked of KV since a store was made. */
export interface KvCounts {
  /** Keys looked up. */
  readonly reads: number;
  /** Those of them that were there. */
  readonly hits: number;
  /** Entries that KV accepted, and entries that it refused. */
  readonly puts: number;
  readonly failedPuts: number;
}

/**
 * Entries and stamps in Workers KV. It may forget at any time, and may return entries that are replaced or dead: its reader
 * judges whether an entry may be used. Nothing rejects: a failure counts as absence, and is counted (C6).
 */
export class KvStore {
  readonly #kv: KvNamespace;
  readonly #options: KvStoreOptions;
  readonly #stampSchema: string;
  readonly #report: Report<CacheKvOperation>;
  readonly #counts = { reads: 0, hits: 0, puts: 0, failedPuts: 0 };
  readonly #meter: WorkMeter | undefined;

  /** `schema`: see `stampSchema`. */
  constructor(
    kv: KvNamespace,
    schema: string,
    options: KvStoreOptions,
    report: Report<CacheKvOperation>,
    meter?: WorkMeter,
  ) {
    this.#kv = kv;
    this.#stampSchema = schema;
    this.#options = options;
    this.#report = report;
    this.#meter = meter;
  }

  get counts(): KvCounts {
    return this.#counts;
  }

  /** Entries and the stamps they are judged by, in one bulk get (per 100 keys). Null: KV failed or was too slow. */
  async getMany(keys: readonly EntryKey[], shardKeys: ReadonlySet<ShardKey>): Promise<KvLookup | null> {
    const [entryNames, stampNames] = await Promise.all([
      Promise.all(keys.map((key) => key.kvKey())),
      Promise.all([...shardKeys].map(stampsKvKey)),
    ]);
    const texts = await this.#getTexts([...new Set([...entryNames, ...stampNames])]);
    if (texts === null) return null;
    const entries = new Map<EntryKey, Entry>();
    for (const [at, key] of keys.entries()) {
      const name = entryNames[at]!;
      const text = texts.get(name) ?? null;
      const entry = text === null ? null : decodeEntry(name, text);
      if (entry !== null) entries.set(key, entry);
    }
    const stamps = [...shardKeys].map((shardKey, at): [ShardKey, Stamps | null] => {
      const text = texts.get(stampNames[at]!) ?? null;
      return [shardKey, text === null ? null : decodeStamps(text, this.#stampSchema)];
    });
    return { entries, stamps: new Map(stamps) };
  }

  async put(key: EntryKey, entry: Entry): Promise<void> {
    const lifeMs = diesAt(entry) - this.#options.timers.now();
    if (lifeMs <= 0 || entry.text.length > MAX_KV_ENTRY_CHARACTERS) return;
    const span = this.#span('put', { 'shardql.table': key.table });
    try {
      const name = await key.kvKey();
      this.#count('put');
      this.#meter?.used('kvPuts', 1);
      await this.#kv.put(name, encodeEntry(name, entry), {
        expirationTtl: Math.max(MIN_KV_LIFE_SECONDS, Math.ceil(lifeMs / 1_000)),
      });
      this.#counts.puts++;
      span?.end();
    } catch {
      span?.end('It could not be put.');
      this.#counts.failedPuts++;
      this.#count('failed');
    }
  }

  async #getTexts(names: readonly string[]): Promise<ReadonlyMap<string, string | null> | null> {
    if (names.length === 0) return new Map();
    const chunks: string[][] = [];
    for (let at = 0; at < names.length; at += MAX_KV_BULK_KEYS) chunks.push(names.slice(at, at + MAX_KV_BULK_KEYS));
    this.#count('get', chunks.length);
    this.#count('get-key', names.length);
    this.#counts.reads += names.length;
    this.#meter?.used('kvReads', names.length);
    const options = { type: 'text', cacheTtl: this.#options.cacheTtlSeconds } as const;
    const gets = Promise.all(chunks.map((chunk) => this.#kv.get(chunk, options)));
    // A get may still fail after we stopped waiting, which must not be an unhandled rejection.
    const settled = gets.catch(() => {
      this.#count('failed');
      return null;
    });
    const { timers, patienceMs } = this.#options;
    const span = this.#span('get', { 'shardql.kv.keys': names.length });
    const found = await inTime(timers, settled, patienceMs, () => {
      this.#count('timed-out');
      return null;
    });
    span?.end(found === null ? 'It failed, or took too long.' : null);
    if (found === null) return null;
    const textByName = new Map(found.flatMap((texts) => [...texts]));
    for (const text of textByName.values()) if (text !== null) this.#counts.hits++;
    return textByName;
  }

  #span(operation: 'get' | 'put', attributes: Attributes): Span | undefined {
    return this.#options.tracer?.root.child('kv', 'CLIENT', { 'db.operation.name': operation, ...attributes });
  }

  #count(operation: CacheKvOperation['operation'], times = 1): void {
    this.#report({ type: 'cache-kv-operation', operation, times });
  }
}
