import { type ApiClient, RefusedError, UnreachableError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { type ConfirmedCall, type Previewed, perform, preview } from '../confirmed-call.ts';

/** Where a shard is to go back to: one of both. */
export interface BookmarkTarget {
  readonly shard: string;
  readonly time: string | null;
  readonly undoBookmark: string | null;
}

/** As `/operator` gives it; times are in ISO 8601. */
export interface BookmarkPreview {
  readonly shard: string;
  readonly bookmark: string;
  readonly time: string;
  readonly changeCount: number | null;
  readonly firstVersion: string | null;
  readonly lastVersion: string;
  readonly migrations: readonly string[];
  readonly cacheSeconds: number;
}

export interface BookmarkRestore {
  readonly id: string;
  readonly shard: string;
  readonly state: 'FENCING' | 'RESTORING' | 'GRANTING' | 'RESTORED' | 'REFUSED';
  readonly reason: string | null;
  readonly time: string;
  readonly bookmark: string;
  readonly undoBookmark: string | null;
  readonly version: string | null;
  readonly safeAt: string | null;
  readonly beganAt: string;
  readonly endedAt: string | null;
}

const RESTORE = 'id state reason time bookmark undoBookmark version safeAt beganAt endedAt shard';

const callOf = (target: BookmarkTarget): ConfirmedCall<BookmarkPreview, BookmarkRestore> => ({
  field: 'restoreBookmark',
  declared: '$shard: String!, $time: String, $undoBookmark: String',
  given: 'shard: $shard, time: $time, undoBookmark: $undoBookmark',
  variables: { ...target },
  preview: 'shard bookmark time changeCount firstVersion lastVersion migrations cacheSeconds',
  done: `restore { ${RESTORE} }`,
});

export const requestPreview = (api: ApiClient, target: BookmarkTarget): Promise<Previewed<BookmarkPreview>> =>
  preview(api, callOf(target));

/** Latest first. */
export const requestRestores = async (api: ApiClient): Promise<readonly BookmarkRestore[]> =>
  (await api.operate<{ bookmarkRestores: readonly BookmarkRestore[] }>(`{ bookmarkRestores { ${RESTORE} } }`))
    .bookmarkRestores;

/**
 * @param token of the preview.
 * @throws CliError for what the API refuses; and saying so, where it may have begun nevertheless.
 */
export async function requestRestore(api: ApiClient, target: BookmarkTarget, token: string): Promise<BookmarkRestore> {
  try {
    return await perform(api, callOf(target), token);
  } catch (error) {
    if (!isInDoubt(error)) throw error;
    throw new CliError(`${error.message} The restore may have begun: see with --list.`);
  }
}

/** It was sent, and what answered is not the API: nothing, or a proxy before it. */
const isInDoubt = (error: unknown): error is CliError =>
  (error instanceof UnreachableError && error.wasSent) ||
  (error instanceof RefusedError && error.code === null && error.status >= 500);
