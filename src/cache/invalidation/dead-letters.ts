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

/** Tries dead letters again. `letters`: null: all. */
export async function replayDeadLetters(
  box: DeadLetters,
  publish: Publish,
  letters: readonly DeadLetter[] | null = null,
): Promise<Replayed> {
  if (letters !== null) return await replayed(box, publish, letters);
  const total = { replayed: 0, kept: 0 };
  for (let seq = 0; ; ) {
    const more = await box.after(seq);
    if (more.length === 0) return total;
    seq = more.at(-1)!.seq;
    const part = await replayed(box, publish, more);
    total.replayed += part.replayed;
    total.kept += part.kept;
  }
}

async function replayed(box: DeadLetters, publish: Publish, letters: readonly DeadLetter[]): Promise<Replayed> {
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
  return { replayed: done.length, kept: letters.length - done.length };
}
