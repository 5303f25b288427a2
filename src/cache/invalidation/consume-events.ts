import { report } from '../../events/report.ts';
import { decodeInvalidation, type InvalidationEvent } from '../../shards/invalidation.ts';
import { type Publish, publishEvents } from './publish-events.ts';

/** What the consumer needs of a message (developers.cloudflare.com/queues/configuration/javascript-apis). */
export interface QueueMessage {
  readonly id: string;
  readonly timestamp: Date;
  readonly body: unknown;
  /** Starts at 1. */
  readonly attempts: number;
  ack(): void;
  retry(options: { readonly delaySeconds: number }): void;
}

const MAX_DELAY_SECONDS = 60;

/** Checks whether cached reads show a commit. */
type Audit = (event: InvalidationEvent) => Promise<void>;

/**
 * Consumes a batch of the queue, message by message. A message is acknowledged once its shard has published, or has
 * scheduled, what it asks for. If the shard cannot publish, or the format is unknown (a later release's, say), the message
 * is retried, and ends among the dead letters in the end: acknowledging it would lose it.
 *
 * Audits run last, so that none delays what it checks; a failed audit is not repeated.
 *
 * @param onRetried called for each message that is retried.
 */
export async function consumeEvents(
  messages: readonly QueueMessage[],
  publish: Publish,
  audit: Audit = async () => {},
  onRetried: () => void = () => {},
): Promise<void> {
  const retryLater = (message: QueueMessage): void => {
    onRetried();
    message.retry({ delaySeconds: Math.min(MAX_DELAY_SECONDS, 2 ** Math.min(message.attempts, 10)) });
  };
  const decoded = messages.flatMap((message) => {
    const event = decodeInvalidation(message.body);
    if (event !== null) return [{ message, event }];
    retryLater(message);
    return [];
  });
  const known = decoded.filter(({ event }) => event.auditAgeMs === undefined);
  const published = await publishEvents(
    known.map(({ event }) => event),
    publish,
  );
  for (const [index, { message }] of known.entries()) {
    if (published[index]) message.ack();
    else retryLater(message);
  }
  const audits = decoded.filter(({ event }) => event.auditAgeMs !== undefined);
  for (const { message } of audits) message.ack();
  await Promise.all(audits.map(({ event }) => auditOrReport(audit, event)));
}

async function auditOrReport(audit: Audit, event: InvalidationEvent): Promise<void> {
  try {
    await audit(event);
  } catch (error) {
    report({ type: 'cache-audit-failed', shard: event.shard, error });
  }
}
