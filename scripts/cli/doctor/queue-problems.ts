import type { Unstable_Config } from 'wrangler';
import { isDeadLetterQueue } from '../../../src/shards/dead-letter.ts';

/** Producer bindings of ShardQL whose messages its own Worker has to take. A project's others may go elsewhere. */
const OWN_PRODUCERS = ['INVALIDATIONS'];

/**
 * Without a dead-letter queue of its own, the platform deletes a message once its retries are used up. Whoever consumes a
 * dead-letter queue keeps what comes, and needs none.
 */
export function deadLetterQueues({ queues }: Unstable_Config): string[] {
  const consumers = queues.consumers ?? [];
  const takesDeadLetters = (queue: string) =>
    consumers.some((consumer) => consumer.dead_letter_queue === queue && consumer.queue !== queue);
  return consumers.flatMap(({ queue, dead_letter_queue: deadLetters }) => {
    if (takesDeadLetters(queue)) return [];
    if (deadLetters === undefined || deadLetters === '') {
      return [
        `Expected a dead_letter_queue of the consumer of ${queue}, but found none: messages that fail would be lost. ` +
          `Add one, such as "${queue}-dead".`,
      ];
    }
    if (deadLetters !== queue) return [];
    return [
      `Expected a dead_letter_queue of the consumer of ${queue} that is another queue, but got the same: messages that ` +
        `fail would go round for ever. Name another, such as "${queue}-dead".`,
    ];
  });
}

/** The Worker tells batches of dead letters from others by the name of the queue. */
export function namesOfQueues({ queues }: Unstable_Config): string[] {
  const consumers = queues.consumers ?? [];
  // One that is its own has a check of its own.
  const dead = new Set(
    consumers.filter((each) => each.dead_letter_queue !== each.queue).map((each) => each.dead_letter_queue),
  );
  const producers = (queues.producers ?? []).filter(({ binding }) => OWN_PRODUCERS.includes(binding));
  return [
    ...consumers
      .filter(({ queue }) => dead.has(queue) && !isDeadLetterQueue(queue))
      .map(
        ({ queue }) =>
          `Expected a name with -dead at its end, or before that of the environment, for a queue of dead letters, but got "${queue}": its messages would be taken for events. ` +
          'Rename it, such as "events-dead" or "events-dead-staging".',
      ),
    ...producers
      .filter(({ queue }) => queue !== undefined && isDeadLetterQueue(queue))
      .map(
        ({ binding, queue }) =>
          `Expected a name without -dead for the queue of ${binding}, but got "${queue}": its messages would be kept as dead letters. Rename it.`,
      ),
  ];
}

export function queueConsumers({ queues }: Unstable_Config): string[] {
  const consumed = new Set<string | undefined>((queues.consumers ?? []).map(({ queue }) => queue));
  return (queues.producers ?? [])
    .filter(({ binding, queue }) => OWN_PRODUCERS.includes(binding) && !consumed.has(queue))
    .map(
      ({ binding, queue }) =>
        `Expected a consumer of ${queue ?? 'the queue'}, to which ${binding} sends, but found none: nobody would take the messages. ` +
        'Add it to queues.consumers.',
    );
}
