/** A history: what clients asked for and were answered. One line of JSON for each transaction. */

export interface Transaction {
  /** When the client began to send it, and when it had the answer, in milliseconds of one clock; null: it never had. */
  readonly beganAt: number;
  readonly endedAt: number | null;
  /** `failed`: nothing of it may have happened. `unknown`: all of it has happened, or nothing. */
  readonly outcome: 'ok' | 'failed' | 'unknown';
  /** Values that it appends to lists, in order. No value is appended twice. */
  readonly appends: readonly (readonly [list: string, value: number])[];
  /** Lists as it has seen them, after its own appends. */
  readonly lists: Readonly<Record<string, readonly number[]>>;
  /** All accounts, as it has seen them; null: it has not looked. */
  readonly accounts: Readonly<Record<string, number>> | null;
}

export interface History {
  /** What all accounts have together, at any time. */
  readonly total: number;
  readonly transactions: readonly Transaction[];
}

export const encodeHistory = ({ total, transactions }: History): string =>
  [{ total }, ...transactions].map((line) => `${JSON.stringify(line)}\n`).join('');

export function decodeHistory(text: string): History {
  const [head, ...transactions] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { total: head.total, transactions };
}
