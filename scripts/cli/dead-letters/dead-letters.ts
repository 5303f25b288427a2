import type { ApiClient } from '../api-client.ts';

interface ShownLetter {
  readonly id: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly reason: string;
  /** The beginning of its JSON text. */
  readonly body: string;
}

interface Options {
  readonly json: boolean;
}

/** Prints the dead letters. True if there are none. */
export async function listDeadLetters(api: ApiClient, { json }: Options): Promise<boolean> {
  const answer = await api.json<{ deadLetters: readonly ShownLetter[] }>('/dead-letters');
  if (json) console.log(JSON.stringify(answer));
  else console.log(answer.deadLetters.map(showLetter).join('\n') || 'no dead letters');
  return answer.deadLetters.length === 0;
}

const showLetter = ({ sentAt, reason, body }: ShownLetter): string => `${sentAt}  ${reason}  ${body}`;

/** Tries them again. True if none is left. */
export async function replayDeadLetters(api: ApiClient, { json }: Options): Promise<boolean> {
  const answer = await api.json<{ replayed: number; kept: number }>('/dead-letters/replay', { method: 'POST' });
  console.log(json ? JSON.stringify(answer) : `${answer.replayed} replayed, ${answer.kept} kept`);
  return answer.kept === 0;
}
