import type { Outbox } from '../alerts/outbox.ts';
import type { Webhook } from './webhook.ts';

/** Sends what is due. Looks for alerts go on meanwhile. Never throws. False: nothing was due. */
export async function deliver(outbox: Outbox, webhook: Webhook, nowMs: number): Promise<boolean> {
  const due = outbox.takeDue(nowMs);
  await Promise.all(
    due.map(async (message) => outbox.sent(message, await webhook.send(message.id, message.body, nowMs))),
  );
  return due.length > 0;
}
