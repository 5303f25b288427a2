import type { DeadLetters } from '../../shards/client/dead-letters.ts';
import type { DeadLetter, NewDeadLetter } from '../../shards/dead-letter.ts';
import { decodeInvalidation, type InvalidationEvent } from '../../shards/invalidation.ts';
import type { QueueMessage } from './consume-events.ts';
import { type Publish, publishEvents } from './publish-events.ts';

/** Consumes a batch of the dead-letter queue, whose messages the platform would delete in the end. */
export async function consumeDeadLetters(messages: readonly QueueMessage[], box: DeadLetters): Promise<void> {
  await box.keep(messages.map(toLetter));
  for (const message of messages) message.ack();
}

const toLetter = ({ id, timestamp, body }: QueueMessage): NewDeadLetter => ({
  id,
  sentAtMs: timestamp.getTime(),
  reason: decodeInvalidation(body) === null ? 'UNKNOWN_FORMAT' : 'NOT_PUBLISHED',
  body: JSON.stringify(body) ?? 'null',
});

interface Replayed {
  /** Published, and gone from the dead letters. */
  readonly replayed: number;
  /** Still there: of an unknown format, or not published this time either. */
  readonly kept: number;
}

/** Tries all dead letters again. */
export async function replayDeadLetters(box: DeadLetters, publish: Publish): Promise<Replayed> {
  let replayed = 0;
  let kept = 0;
  for (let seq = 0; ; ) {
    const letters = await box.after(seq);
    if (letters.length === 0) return { replayed, kept };
    seq = letters.at(-1)!.seq;
    const events = letters.flatMap((letter): [DeadLetter, InvalidationEvent][] => {
      const event = decodeInvalidation(JSON.parse(letter.body));
      return event === null ? [] : [[letter, event]];
    });
    const published = await publishEvents(
      events.map(([, event]) => event),
      publish,
    );
    const done = events.filter((_, index) => published[index]).map(([letter]) => letter.seq);
    await box.remove(done);
    replayed += done.length;
    kept += letters.length - done.length;
  }
}
