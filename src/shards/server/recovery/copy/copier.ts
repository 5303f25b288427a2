import { type ErrorCode, ShardQLError } from '../../../errors.ts';
import type { CopyTarget } from '../../../restore.ts';
import { SqlSession } from '../../../sql/sql-session.ts';
import { findCopy, forgetAttempts, type StoredCopy } from '../../tables/copies-table.ts';
import { findRestore, type StoredRestore } from '../../tables/restores-table.ts';
import type { RestoredShard } from '../restored-shard.ts';
import { type AskForPage, readPage } from './copy-source.ts';
import {
  beginAttempt,
  beginCopy,
  purgeStep,
  requireCopyable,
  requireRoom,
  stageChangesPage,
  stageRowsPage,
  turnRound,
  writeStep,
} from './copy-steps.ts';
import type { WriteLimits } from './write-copied.ts';

interface CopierOptions {
  readonly shard: () => RestoredShard;
  readonly ask: AskForPage;
  /** Of a step that writes. */
  readonly limits: WriteLimits;
}

/** After these a copy cannot go on: it turns round. All else may pass. */
const LASTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'CONFLICT',
  'UNIQUE_VIOLATION',
  'FOREIGN_KEY_VIOLATION',
  'NOT_NULL_VIOLATION',
  'CHECK_VIOLATION',
  'INVALID_VALUE',
  'VALUE_TOO_LARGE',
  'SHARD_FULL',
  'OPERATION_LIMIT_EXCEEDED',
  'ARCHIVE_UNREADABLE',
]);

/**
 * Copies the rows of a shard key as of an earlier moment, under another one that is of this shard. A copy is a restore of that one:
 * what can be asked of restores can be asked of copies too. Its steps are durable, and behind its fence.
 */
export class Copier {
  readonly #options: CopierOptions;
  /** Ids of those of which this life of the shard has noted that it begins a step. Later ones need not be, until one does not come to its end. */
  readonly #noted = new Set<string>();

  constructor(options: CopierOptions) {
    this.#options = options;
  }

  /**
   * Begins a copy, or finds out whether it could: null.
   *
   * @throws ShardQLError CONFLICT if there are rows of the new shard key, or another restore of it is open; SHARD_FULL.
   */
  begin(id: string, target: CopyTarget, checksOnly: boolean): StoredRestore | null {
    const shard = this.#options.shard();
    const session = new SqlSession(shard.storage.sql);
    if (!checksOnly) return beginCopy(shard, session, id, target);
    requireCopyable(shard, session, target.as);
    return null;
  }

  /** Does one step of an open restore, if it is one that copies. False: what is left of it is to take rows back. */
  async step(restore: StoredRestore): Promise<boolean> {
    const shard = this.#options.shard();
    const session = new SqlSession(shard.storage.sql);
    const copy = findCopy(session, restore.id);
    if (copy === null) return false;
    if (restore.state !== 'RUNNING') return purgeStep(shard, session, copy);
    try {
      if (!this.#noted.has(copy.id)) {
        this.#noted.add(copy.id);
        beginAttempt(shard, session, copy);
        // A step that finds no room rolls back all that its turn has written. Others may have gone on meanwhile.
        await shard.storage.sync();
        return await this.step(findRestore(session, copy.id)!);
      }
      await this.#go(shard, session, copy);
    } catch (error) {
      if (!(error instanceof ShardQLError)) {
        this.#noted.delete(copy.id);
        throw error;
      }
      if (!LASTING.has(error.code)) {
        forgetAttempts(session, copy.id);
        throw error;
      }
      turnRound(shard, session, copy, error);
    }
    shard.fences.renew(session);
    return true;
  }

  async #go(shard: RestoredShard, session: SqlSession, copy: StoredCopy): Promise<void> {
    const { ask, limits } = this.#options;
    const { stage, sourceKey: shardKey, sourceShard, version } = copy;
    requireRoom(shard);
    switch (stage.stage) {
      case 'ROWS': {
        const { table, after } = stage;
        const page = await readPage(ask, sourceShard, { part: 'key-rows', table, shardKey, after });
        stageRowsPage(shard, session, copy, stage, page);
        return;
      }
      case 'CHANGES': {
        const { upTo } = stage;
        const page = await readPage(ask, sourceShard, { part: 'past', version, shardKeys: [shardKey], upTo });
        stageChangesPage(shard, session, copy, page);
        return;
      }
      case 'WRITE':
        writeStep(shard, session, copy, stage, limits);
    }
  }
}
