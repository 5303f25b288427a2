import { report } from '../../../events/report.ts';
import type { Delivery } from '../../alert.ts';
import type { AlertStore, StoredMessage } from './alert-store.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long after each attempt the next one is made; after the last one the message is given up: about three hours. */
const RETRY_MS = [
  15 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  60 * MINUTE_MS,
  60 * MINUTE_MS,
];

/** Messages that wait at most; the oldest are given up for others. */
const MAX_MESSAGES = 100;
/** Messages that are sent at once. */
const MAX_AT_ONCE = 10;

/** Messages for the webhook, which are kept until it has taken them: each at least once, those of an alert in their order. */
export class Outbox {
  readonly #store: AlertStore;

  constructor(store: AlertStore) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#store.messages.length;
  }

  add(message: Omit<StoredMessage, 'seq' | 'attempts'>): void {
    const { messages } = this.#store;
    for (const oldest of messages.slice(0, Math.max(0, messages.length - MAX_MESSAGES + 1))) {
      this.#giveUp(oldest, 'Expected room for one more message, but got too many that wait.');
    }
    this.#store.addMessage(message);
  }

  /** When something is to be sent; null: nothing waits. */
  get nextMs(): number | null {
    const due = firstOfEach(this.#store.messages).map(({ nextMs }) => nextMs);
    return due.length === 0 ? null : Math.min(...due);
  }

  /**
   * What is due, to be sent now. It counts as failed until it has succeeded, so that an object that is evicted meanwhile sends it again.
   */
  takeDue(nowMs: number): StoredMessage[] {
    const due = firstOfEach(this.#store.messages)
      .filter(({ nextMs }) => nextMs <= nowMs)
      .slice(0, MAX_AT_ONCE);
    for (const { seq, attempts } of due) {
      this.#store.postpone({ seq, attempts: attempts + 1, nextMs: nowMs + (RETRY_MS[attempts] ?? 0) });
    }
    return due;
  }

  /** What became of one that was taken. */
  sent(message: StoredMessage, { isDelivered, status, message: said }: Delivery): void {
    const reason = status === null ? said : `It answered ${status}. ${said}`;
    if (isDelivered) this.#store.removeMessage(message);
    else if (message.attempts >= RETRY_MS.length) this.#giveUp(message, reason);
    else report({ type: 'alert-not-sent', id: message.id, isGivenUp: false, error: reason });
  }

  #giveUp(message: StoredMessage, reason: string): void {
    this.#store.removeMessage(message);
    report({ type: 'alert-not-sent', id: message.id, isGivenUp: true, error: reason });
  }
}

/** The first message of each alert: the others follow once it is taken or given up. */
function firstOfEach(messages: readonly StoredMessage[]): StoredMessage[] {
  const first = new Map<number, StoredMessage>();
  for (const message of messages) if (!first.has(message.alert)) first.set(message.alert, message);
  return [...first.values()];
}
