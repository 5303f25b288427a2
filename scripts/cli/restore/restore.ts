import { ApiClient, type ApiOptions, RefusedError, RefusedFieldError, UnreachableError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { perform, preview as previewed } from '../confirmed-call.ts';
import { onInterrupt } from '../on-interrupt.ts';
import type { Terminal } from '../undo/undo-operation.ts';
import {
  type CopyScope,
  copyCall,
  type Restore,
  type RestoreScope,
  requestOf,
  requestRestores,
  restoreCall,
  undoCall,
} from './request-restore.ts';
import { showCopyPreview, showEnded, showPreview, showProgress, showUndoable } from './show-restore.ts';
import { showRestores } from './show-restores.ts';

export interface RestoreOptions extends ApiOptions, RestoreScope {
  /** The rows are written beside those of today: under this shard key, or into the installation at this address. */
  readonly as?: string;
  readonly preview: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

export interface ActionOptions extends ApiOptions {
  readonly json: boolean;
}

export interface UndoRestoreOptions extends ActionOptions {
  readonly yes: boolean;
}

/**
 * Shows what a restore would do, and does it once it is wanted. True if it is done, or shown.
 *
 * @throws CliError if it would have to ask and cannot, and for what the API refuses.
 */
export async function restoreRows(options: RestoreOptions, terminal: Terminal): Promise<boolean> {
  const { json, preview, yes } = options;
  const api = new ApiClient(options);
  const call = restoreCall(options, yes);
  requireDecided(options, terminal);
  const { as } = options;
  if (as !== undefined) return await copyRows(api, { ...options, as }, terminal);
  const { preview: shown, token } = await previewed(api, call);
  if (!yes) {
    console.log(json ? JSON.stringify(shown) : showPreview(shown));
    if (preview) return true;
    if (shown.totalChanges === 0 || !(await terminal.confirm('Restore it?'))) {
      console.log('nothing was changed');
      return false;
    }
  }
  return await followed(api, await perform(api, call, token), options);
}

/** @throws CliError if it would have to ask and cannot. */
export function requireDecided(
  { preview, yes, json }: Pick<RestoreOptions, 'preview' | 'yes' | 'json'>,
  { isInteractive }: Terminal,
): void {
  if (preview && yes) throw new CliError('Expected --preview or --yes, but got both.');
  if (!preview && !yes && (json || !isInteractive)) {
    throw new CliError('Expected --yes where nobody can be asked, or --preview, but got neither.');
  }
}

/** The same for a copy under another shard key. */
async function copyRows(api: ApiClient, options: RestoreOptions & CopyScope, terminal: Terminal): Promise<boolean> {
  const { json, preview, yes } = options;
  const call = copyCall(options);
  const { preview: shown, token } = await previewed(api, call);
  if (!yes) {
    console.log(json ? JSON.stringify(shown) : showCopyPreview(shown));
    if (preview) return true;
    if (!(await terminal.confirm('Copy them?'))) {
      console.log('nothing was changed');
      return false;
    }
  }
  return await followed(api, await perform(api, call, token), options);
}

/**
 * Undoes a restore that is done, once that is wanted. True if it is undone.
 *
 * @throws CliError as {@link restoreRows}.
 */
export async function undoRestore(id: string, options: UndoRestoreOptions, terminal: Terminal): Promise<boolean> {
  const { json, yes } = options;
  const api = new ApiClient(options);
  if (!yes && (json || !terminal.isInteractive)) {
    throw new CliError('Expected --yes where nobody can be asked, but got none.');
  }
  const call = undoCall(id.trim());
  const { preview: restore, token } = await previewed(api, call);
  if (!yes) {
    console.log(showUndoable(restore));
    if (!(await terminal.confirm('Undo it?'))) {
      console.log('nothing was changed');
      return false;
    }
  }
  return await followed(api, await perform(api, call, token), options);
}

/** Turns a restore round that is under way. */
export async function cancelRestore(id: string, options: ActionOptions): Promise<boolean> {
  const api = new ApiClient(options);
  await followed(api, await requestOf(api, 'cancelRestore', id.trim()), options);
  return true;
}

export async function listRestores(options: ActionOptions): Promise<void> {
  const restores = await requestRestores(new ApiClient(options));
  console.log(options.json ? JSON.stringify({ restores }) : showRestores(restores));
}

/** Pauses between looks where shards do not answer for a while, in milliseconds. */
const RETRY_MS = 1_000;
/** Failures in a row after which nobody looks any more; the shards go on. */
const MAX_FAILURES = 10;

/** Follows a restore to its end, with its progress. True if it is done. */
async function followed(api: ApiClient, begun: Restore, { url, json }: ActionOptions): Promise<boolean> {
  const commandOf = (action: string, id: string) => `npm run shardql -- restore ${action} ${id} --url ${url}`;
  const stopListening = onInterrupt(`Restore ${begun.id} goes on by itself.
to see how far it is: npm run shardql -- restore list --url ${url}
to cancel it: ${commandOf('cancel', begun.id)}`);
  try {
    const restore = await ended(api, begun);
    console.log(json ? JSON.stringify(restore) : showEnded(restore, commandOf));
    return restore.state === 'DONE';
  } finally {
    stopListening();
  }
}

/** The restore once it has ended. */
async function ended(api: ApiClient, begun: Restore): Promise<Restore> {
  let restore = begun;
  let shown = '';
  for (let failures = 0; restore.endedAt === null; ) {
    const progress = showProgress(restore);
    if (progress !== shown) console.error(progress);
    shown = progress;
    try {
      restore = await requestOf(api, 'continueRestore', begun.id);
      const { state, problem, silentShards } = restore;
      const [silent] = silentShards;
      if (silent !== undefined) throw new RefusedFieldError(silent.code, `${silent.name}: ${silent.message}`);
      // A copy that has turned round is followed to its end.
      if (state === 'RUNNING' && problem !== null) throw new RefusedFieldError(problem.code, problem.message);
      failures = 0;
    } catch (error) {
      if (!isTransient(error) || ++failures === MAX_FAILURES) {
        throw new CliError(
          `${(error as Error).message} Restore ${begun.id} goes on by itself: see "npm run shardql -- restore list".`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return restore;
}

const isTransient = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  ((error instanceof RefusedError || error instanceof RefusedFieldError) && TRANSIENT_CODES.has(error.code));

const TRANSIENT_CODES: ReadonlySet<string | null> = new Set(['OVERLOADED', 'SHARD_UNAVAILABLE']);
