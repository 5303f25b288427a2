import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';

/** What a consumer did with each message, by id. */
export interface Consumed {
  readonly acked: readonly string[];
  readonly retried: readonly string[];
}

export interface SentMessage {
  readonly id: string;
  readonly body: unknown;
}

/** Gives a consumer one batch, as the platform does. */
export async function consume(
  messages: readonly SentMessage[],
  consumer: (messages: readonly Message<unknown>[]) => Promise<void>,
  attempts = 1,
): Promise<Consumed> {
  const sent = messages.map(({ id, body }) => ({ id, body, attempts, timestamp: new Date(0) }));
  const batch = createMessageBatch('shardql-invalidations', sent);
  const execution = createExecutionContext();
  await consumer(batch.messages);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, execution);
  return { acked: explicitAcks, retried: retryMessages.map(({ msgId }) => msgId) };
}
