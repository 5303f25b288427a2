import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Answer } from '../../shards/plan/answer.ts';
import { type Entry, isLater } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/** An entry in memory, and what this isolate knows about it. */
export class MemoryRecord {
  readonly entry: Entry;
  /** When its stamps were last checked, or it was read from the shard; milliseconds since 1970. */
  checkedAtMs: number;
  /** How often it was served. */
  reads = 0;
  /** Its shard publishes what changes until it dies. Without that nobody would hear of it. */
  readonly isTraced: boolean;
  /** It was read from Workers KV, or put there. */
  isInKv: boolean;
  #answer: Answer | undefined;

  constructor(
    entry: Entry,
    checkedAtMs: number,
    { isTraced, isInKv }: Pick<MemoryRecord, 'isTraced' | 'isInKv'>,
    answer: Answer | undefined,
  ) {
    this.entry = entry;
    this.checkedAtMs = checkedAtMs;
    this.isTraced = isTraced;
    this.isInKv = isInKv;
    this.#answer = answer;
  }

  /** Parsed when it is first needed; shared by all requests, so it must not be changed. */
  get answer(): Answer {
    this.#answer ??= JSON.parse(this.entry.text) as Answer;
    return this.#answer;
  }
}

/** A parsed answer takes about this many bytes per character of its text, the text itself included. */
const BYTES_PER_CHARACTER = 8;
/** Maps, records and headers. */
const BYTES_PER_RECORD = 400;

/**
 * The memory of one isolate: least recently used entries go when it is full. Synchronous: a hit waits for nothing.
 */
export class MemoryStore {
  readonly #maxBytes: number;
  readonly #records: BoundedMap<string, MemoryRecord>;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#records = new BoundedMap(maxBytes);
  }

  get bytes(): number {
    return this.#records.weight;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Does not count as a use. */
  has(key: EntryKey): boolean {
    return this.#records.has(key.text);
  }

  /** Does not count as a use. */
  peek(key: EntryKey): MemoryRecord | undefined {
    return this.#records.get(key.text);
  }

  get(key: EntryKey): MemoryRecord | undefined {
    return this.#records.use(key.text);
  }

  /** Keeps an entry, unless the present one was read later, or it would take most of the memory. */
  add(
    key: EntryKey,
    entry: Entry,
    checkedAtMs: number,
    state: Pick<MemoryRecord, 'isTraced' | 'isInKv'>,
    answer?: Answer,
  ): MemoryRecord {
    const present = this.#records.get(key.text);
    if (present !== undefined && isLater(present.entry, entry)) return present;
    const record = new MemoryRecord(entry, checkedAtMs, state, answer);
    const bytes = sizeOf(key, entry);
    if (bytes > this.#maxBytes / 4) this.remove(key);
    else this.#records.set(key.text, record, bytes);
    return record;
  }

  remove(key: EntryKey): void {
    this.#records.delete(key.text);
  }
}

const sizeOf = (key: EntryKey, entry: Entry): number =>
  BYTES_PER_RECORD + 2 * key.text.length + BYTES_PER_CHARACTER * entry.text.length;
