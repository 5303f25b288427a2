import { apiUrl, requestJson } from '../api-request.ts';

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
export async function listDeadLetters(origin: string, { json }: Options): Promise<boolean> {
  const answer = await requestJson<{ deadLetters: readonly ShownLetter[] }>(apiUrl(origin, '/dead-letters'));
  if (json) console.log(JSON.stringify(answer));
  else console.log(answer.deadLetters.map(showLetter).join('\n') || 'no dead letters');
  return answer.deadLetters.length === 0;
}

const showLetter = ({ sentAt, reason, body }: ShownLetter): string => `${sentAt}  ${reason}  ${body}`;

/** Tries them again. True if none is left. */
export async function replayDeadLetters(origin: string, { json }: Options): Promise<boolean> {
  const url = apiUrl(origin, '/dead-letters/replay');
  const answer = await requestJson<{ replayed: number; kept: number }>(url, { method: 'POST' });
  console.log(json ? JSON.stringify(answer) : `${answer.replayed} replayed, ${answer.kept} kept`);
  return answer.kept === 0;
}
