import { setTimeout } from 'node:timers/promises';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { Terminal } from '../undo/undo-operation.ts';
import {
  type BookmarkRestore,
  type BookmarkTarget,
  requestPreview,
  requestRestore,
  requestRestores,
} from './request-bookmark.ts';
import { showPreview, showRestore, showRestores } from './show-bookmark.ts';

export interface BookmarkOptions extends ApiOptions {
  readonly shard?: string;
  readonly to?: string;
  readonly undo?: string;
  readonly list: boolean;
  readonly preview: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** Time between two questions whether a restore has ended, in milliseconds. */
const POLL_MS = 1_000;

/**
 * Shows what it would mean to take a shard back to a bookmark, and does it once it is wanted. True if all is well.
 *
 * @throws CliError if it would have to ask and cannot, and for what the API refuses.
 */
export async function restoreBookmark(options: BookmarkOptions, terminal: Terminal): Promise<boolean> {
  const api = new ApiClient(options);
  const { json, url } = options;
  if (options.list) {
    const restores = await requestRestores(api);
    console.log(json ? JSON.stringify({ bookmarkRestores: restores }) : showRestores(restores));
    return true;
  }
  const target = targetOf(options);
  if (options.preview && options.yes) throw new CliError('Expected --preview or --yes, but got both.');
  const mayAsk = terminal.isInteractive && !json;
  if (!options.preview && !options.yes && !mayAsk) {
    throw new CliError('Expected --yes where nobody can be asked, or --preview, but got neither.');
  }
  const { preview, token } = await requestPreview(api, target);
  if (!options.yes) {
    console.log(json ? JSON.stringify(preview) : showPreview(preview));
    if (options.preview) return true;
    if (!(await terminal.confirm('Take the whole shard back?'))) {
      console.log('nothing was changed');
      return false;
    }
  }
  const restore = await awaitEnd(api, await requestRestore(api, target, token), json);
  console.log(json ? JSON.stringify(restore) : showRestore(restore, url));
  return restore.state === 'RESTORED';
}

interface Target {
  readonly shard?: string;
  readonly to?: string | null;
  readonly undo?: string | null;
}

function targetOf({ shard, to: time = null, undo = null }: Target): BookmarkTarget {
  if (shard === undefined) throw new CliError('Expected --shard or --list, but got neither.');
  if ((time === null) === (undo === null)) {
    throw new CliError(`Expected --to or --undo, but got ${time === null ? 'neither' : 'both'}.`);
  }
  return { shard, time, undoBookmark: undo };
}

/** The API goes on by itself: who stops waiting finds it with --list. */
async function awaitEnd(api: ApiClient, begun: BookmarkRestore, json: boolean): Promise<BookmarkRestore> {
  let restore = begun;
  while (restore.endedAt === null) {
    if (!json) console.error(`${restore.shard}: ${restore.state}`);
    await setTimeout(POLL_MS);
    const restores = await requestRestores(api).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      throw new CliError(`${error.message} The restore goes on by itself: see with --list.`);
    });
    restore = restores.find(({ id }) => id === begun.id) ?? restore;
  }
  return restore;
}
