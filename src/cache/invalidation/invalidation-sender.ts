import { report } from '../../events/report.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import {
  AUDIT_AGES_MS,
  encodeInvalidation,
  type InvalidationEvent,
  MAX_EVENT_BYTES,
} from '../../shards/invalidation.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { Version } from '../../shards/version.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';

/** What is needed of a queue. */
export interface MessageQueue {
  sendBatch(messages: readonly QueuedMessage[]): Promise<unknown>;
}

interface QueuedMessage {
  readonly body: unknown;
  readonly delaySeconds?: number;
}

/** How many events are followed by audits. */
interface AuditSampling {
  /** Share of the events, 0 to 1. */
  readonly share: number;
  /** Within [0, 1). */
  readonly random: () => number;
}

/** Greatest number and size of the messages sent at once (developers.cloudflare.com/queues/platform/limits: 256 KB). */
const MAX_BATCH_MESSAGES = 100;
const MAX_BATCH_BYTES = 250_000;

/** Bytes of a message besides its shard keys. */
const ENVELOPE_BYTES = 1_000;

interface Gathered {
  version: Version;
  readonly shardKeys: Set<ShardKey>;
}

/**
 * Sends the invalidation events of a request, one per shard and tick. A failing queue never fails a write: the shard knows
 * what it has not published, and its alarm publishes it.
 */
export class InvalidationSender {
  readonly #queue: MessageQueue;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #audits: AuditSampling;
  readonly #meter: WorkMeter | undefined;
  readonly #tracer: Tracer | undefined;
  readonly #gatheredByShard = new Map<string, Gathered>();

  constructor(
    queue: MessageQueue,
    waitUntil: (work: Promise<unknown>) => void,
    audits: AuditSampling,
    meter?: WorkMeter,
    tracer?: Tracer,
  ) {
    this.#queue = queue;
    this.#waitUntil = waitUntil;
    this.#audits = audits;
    this.#meter = meter;
    this.#tracer = tracer;
  }

  enqueue({ shard, shardKeys, version }: InvalidationEvent): void {
    if (this.#gatheredByShard.size === 0) this.#waitUntil(Promise.resolve().then(() => this.#flush()));
    const gathered = this.#gatheredByShard.get(shard) ?? { version, shardKeys: new Set() };
    this.#gatheredByShard.set(shard, gathered);
    gathered.version = Math.max(gathered.version, version);
    for (const shardKey of shardKeys) gathered.shardKeys.add(shardKey);
  }

  async #flush(): Promise<void> {
    const gathered = [...this.#gatheredByShard];
    const span = this.#tracer?.root.child('queue', 'PRODUCER', { 'messaging.operation.type': 'send' });
    const traceparent = span && this.#tracer?.isSampled ? this.#tracer.headers(span).traceparent : undefined;
    const events = gathered.flatMap(([shard, { version, shardKeys }]): QueuedMessage[] =>
      [...inPieces([...shardKeys], byteLength, Number.POSITIVE_INFINITY, MAX_EVENT_BYTES - ENVELOPE_BYTES)].map(
        (keys) => ({
          body: encodeInvalidation({ shard, shardKeys: keys, version, traceparent }),
        }),
      ),
    );
    const messages = [...events, ...gathered.flatMap((each) => this.#auditsOf(...each))];
    this.#gatheredByShard.clear();
    for (const batch of inPieces(messages, ({ body }) => byteLength(body), MAX_BATCH_MESSAGES, MAX_BATCH_BYTES)) {
      try {
        await this.#queue.sendBatch(batch);
        this.#meter?.used('queueMessages', batch.length);
      } catch (error) {
        span?.end('The queue did not take the messages.');
        report({ type: 'invalidations-not-sent', error });
      }
    }
    span?.set({ 'messaging.batch.message_count': messages.length });
    span?.end();
  }

  #auditsOf(shard: string, { version, shardKeys }: Gathered): QueuedMessage[] {
    const { share, random } = this.#audits;
    if (random() >= share) return [];
    const first = [...shardKeys].slice(0, 1);
    return AUDIT_AGES_MS.map((auditAgeMs) => ({
      body: encodeInvalidation({ shard, shardKeys: first, version, auditAgeMs }),
      delaySeconds: auditAgeMs / 1_000,
    }));
  }
}

const encoder = new TextEncoder();

/** Bytes of a value as JSON, with a separator. */
const byteLength = (value: unknown): number => encoder.encode(JSON.stringify(value)).length + 1;

/** Splits a list into pieces within the limits. An item larger than a piece is skipped. */
function* inPieces<T>(
  items: readonly T[],
  bytesOf: (item: T) => number,
  maxItems: number,
  maxBytes: number,
): Generator<T[]> {
  let piece: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const itemBytes = bytesOf(item);
    if (itemBytes > maxBytes) continue;
    if (piece.length === maxItems || bytes + itemBytes > maxBytes) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(item);
    bytes += itemBytes;
  }
  if (piece.length > 0) yield piece;
}
