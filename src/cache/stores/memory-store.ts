import type { Answer } from '../../shards/plan.ts';
import { type Entry, isLater } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/** An entry in memory, and what this isolate knows about it. */
export interface MemoryRecord {
  readonly entry: Entry;
  /** The answer, parsed when it is first needed; shared by all requests, so nobody may change it. */
  readonly answer: Answer;
  /** When its stamps were last looked at, or it was read from the shard; milliseconds since 1970. */
  checkedAtMs: number;
  /** How often it was given as an answer. */
  reads: number;
  /** It was read from Workers KV, or put there. */
  isInKv: boolean;
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
  readonly #records = new Map<string, LiveRecord>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#records.size;
  }

  /** Does not count as a use. */
  has(key: EntryKey): boolean {
    return this.#records.has(key.text);
  }

  get(key: EntryKey): MemoryRecord | undefined {
    const record = this.#records.get(key.text);
    if (record === undefined) return undefined;
    this.#records.delete(key.text);
    this.#records.set(key.text, record);
    return record;
  }

  /** Keeps an entry, unless the one here was read later, or it would take most of the memory. */
  add(key: EntryKey, entry: Entry, checkedAtMs: number, isInKv: boolean, answer?: Answer): MemoryRecord {
    const present = this.#records.get(key.text);
    if (present !== undefined && isLater(present.entry, entry)) return present;
    const record = new LiveRecord(entry, checkedAtMs, isInKv, sizeOf(key, entry), answer);
    this.remove(key);
    if (record.bytes > this.#maxBytes / 4) return record;
    this.#records.set(key.text, record);
    this.#bytes += record.bytes;
    for (const [text, oldest] of this.#records) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#records.delete(text);
      this.#bytes -= oldest.bytes;
    }
    return record;
  }

  remove(key: EntryKey): void {
    const record = this.#records.get(key.text);
    if (record === undefined) return;
    this.#records.delete(key.text);
    this.#bytes -= record.bytes;
  }
}

const sizeOf = (key: EntryKey, entry: Entry): number =>
  BYTES_PER_RECORD + 2 * key.text.length + BYTES_PER_CHARACTER * entry.text.length;

class LiveRecord implements MemoryRecord {
  readonly entry: Entry;
  readonly bytes: number;
  checkedAtMs: number;
  reads = 0;
  isInKv: boolean;
  #answer: Answer | undefined;

  constructor(entry: Entry, checkedAtMs: number, isInKv: boolean, bytes: number, answer: Answer | undefined) {
    this.entry = entry;
    this.checkedAtMs = checkedAtMs;
    this.isInKv = isInKv;
    this.bytes = bytes;
    this.#answer = answer;
  }

  get answer(): Answer {
    this.#answer ??= JSON.parse(this.entry.text) as Answer;
    return this.#answer;
  }
}
