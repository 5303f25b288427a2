import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

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

const LIST = '{ deadLetters(first: 1000) { nodes { id sentAt reason body } } }';

/** Prints the dead letters, the first 1,000. True if there are none. */
export async function listDeadLetters(api: ApiClient, { json }: Options): Promise<boolean> {
  const { nodes } = (await api.operate<{ deadLetters: { nodes: readonly ShownLetter[] } }>(LIST)).deadLetters;
  if (json) console.log(JSON.stringify({ deadLetters: nodes }));
  else console.log(nodes.map(showLetter).join('\n') || 'no dead letters');
  return nodes.length === 0;
}

const showLetter = ({ id, sentAt, reason, body }: ShownLetter): string => `${sentAt}  ${reason}  ${id}  ${body}`;

interface Payload {
  readonly confirmation: { readonly token: string } | null;
}

interface Replayed extends Payload {
  readonly replayedCount: number | null;
  readonly keptCount: number | null;
}

const REPLAY = `mutation ($preview: Boolean!, $confirmation: String) {
  payload: replayDeadLetters(preview: $preview, confirmation: $confirmation) { replayedCount keptCount confirmation { token } }
}`;

/** Tries them again. True if none is left. */
export async function replayDeadLetters(api: ApiClient, { json }: Options): Promise<boolean> {
  const { replayedCount, keptCount } = await confirmed<Replayed>(api, REPLAY, {});
  const answer = { replayed: replayedCount, kept: keptCount };
  console.log(json ? JSON.stringify(answer) : `${answer.replayed} replayed, ${answer.kept} kept`);
  return answer.kept === 0;
}

interface Discarded extends Payload {
  readonly deadLetters: readonly { readonly id: string }[];
}

const DISCARD = `mutation ($ids: [ID!]!, $preview: Boolean!, $confirmation: String) {
  payload: discardDeadLetters(ids: $ids, preview: $preview, confirmation: $confirmation) { deadLetters { id } confirmation { token } }
}`;

/** Forgets some of them, which were named. */
export async function discardDeadLetters(api: ApiClient, ids: readonly string[], { json }: Options): Promise<void> {
  const { deadLetters } = await confirmed<Discarded>(api, DISCARD, { ids });
  const discarded = deadLetters.map(({ id }) => id);
  console.log(json ? JSON.stringify({ discarded }) : `${discarded.length} discarded`);
}

/** Who runs the command has decided. */
async function confirmed<Answer extends Payload>(api: ApiClient, document: string, variables: object): Promise<Answer> {
  const ask = async (more: object) =>
    (await api.operate<{ payload: Answer }>(document, { ...variables, ...more })).payload;
  const { confirmation } = await ask({ preview: true });
  if (confirmation === null)
    throw new CliError('Expected a confirmation from the API, but got none. Is it of another release?');
  return await ask({ preview: false, confirmation: confirmation.token });
}
