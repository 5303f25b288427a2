import { violated } from '../../../../lib/invariant.ts';
import { ShardQLError, wireToError } from '../../../errors.ts';
import type { BackupAnswer, BackupPage, BackupPageRequest } from '../../../protocol/backup.ts';
import { type Bare, PROTOCOL, type Refused } from '../../../protocol/envelope.ts';

export type PageRequest = { readonly protocol: number } & BackupPageRequest;

/** Asks the shard of this name for a page. */
export type AskForPage = (shard: string, request: PageRequest) => Promise<Bare<BackupAnswer> | BackupAnswer | Refused>;

/** @throws ShardQLError what the shard that rows are copied from refuses; SHARD_UNAVAILABLE, to be tried again, if it does not answer. */
export async function readPage(ask: AskForPage, shard: string, request: BackupPageRequest): Promise<BackupPage> {
  const answer = await ask(shard, { protocol: PROTOCOL, ...request }).catch((error: unknown) => {
    // The platform's failures of a call are not those of the copy: it goes on later.
    throw error instanceof ShardQLError ? error : noAnswer();
  });
  if (answer.status === 'REFUSED') throw wireToError(answer.error);
  return 'page' in answer ? answer.page : violated('Expected a page of what is to be copied.');
}

const noAnswer = (): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    'Expected an answer of the shard that rows are copied from, but got none. The copy goes on by itself.',
    { retryable: true },
  );
