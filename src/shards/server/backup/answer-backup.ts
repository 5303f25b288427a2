import type { Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { BackupAnswer, BackupPage, BackupRequest, BackupStart, BackupTable } from '../../protocol/backup.ts';
import type { Bare } from '../../protocol/envelope.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { unknownTable } from '../other-release.ts';
import { holdMoment } from '../recovery/as-of.ts';
import { pastSchema } from '../recovery/past-schema.ts';
import { ownsKey, type ShardState } from '../shard-state.ts';
import { readIdentity } from '../tables/identity-table.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';
import { lastMigration } from '../tables/migrations-table.ts';
import { changesPage } from './changes-page.ts';
import { keyRowsPage } from './key-rows-page.ts';
import { PAGE_LIMITS } from './page-limits.ts';
import { pastPage } from './past-page.ts';
import { rowsPage } from './rows-page.ts';

/**
 * Copies the shard, page by page. Requests go on in between: a page of rows is as of when it is read, and the changes since the
 * moment of the backup, which the log has, let whoever copies take them back to that moment.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again, while rows are being restored and for a moment that has not come;
 * CONFLICT if the log has lost changes that are needed, and for shard keys that are not the shard's.
 */
export function answerBackup(
  shard: ShardState,
  session: SqlSession,
  request: Exclude<BackupRequest, { readonly part: 'survey' }>,
  limits = PAGE_LIMITS,
): Bare<BackupAnswer> {
  const { model, migrations } = shard;
  requireReadable(shard, keysOf(request));
  switch (request.part) {
    case 'start':
      return { status: 'OK', start: start(shard, session, request.version) };
    case 'rows':
      return pageOf(session, rowsPage(session, model, tableOf(model, request.table), request.after, limits));
    case 'key-rows': {
      const { table, shardKey, after } = request;
      return pageOf(session, keyRowsPage(session, model, tableOf(model, table), shardKey, after));
    }
    case 'past': {
      const { version, shardKeys, upTo } = request;
      shard.logRecall.hold(version);
      const today = lastMigration(session);
      return pageOf(session, pastPage(session, pastSchema(model, migrations), today, version, shardKeys, upTo));
    }
    case 'changes':
      requireLogged(session, request.afterSeq);
      requireSame(session, request.afterSeq, request.afterVersion);
      return pageOf(session, changesPage(session, shard.model, request.afterSeq, request.version, limits));
  }
}

/**
 * @param shardKeys null: all.
 * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again, while rows are being restored; CONFLICT for shard keys of another shard.
 */
export function requireReadable(shard: ShardState, shardKeys: readonly ShardKey[] | null): void {
  if (shardKeys?.some((key) => !ownsKey(shard, key))) throw notHere();
  shard.fences.requireOpen(shardKeys);
}

/** Null: all. */
function keysOf(request: Parameters<typeof answerBackup>[2]): readonly ShardKey[] | null {
  if (request.part === 'key-rows') return [request.shardKey];
  return request.part === 'past' ? request.shardKeys : null;
}

function tableOf({ tables }: Model, name: string): TableModel {
  const table = tables.find(({ sqlName }) => sqlName === name);
  if (table === undefined) throw unknownTable(name);
  return table;
}

function start(shard: ShardState, session: SqlSession, version: Version): BackupStart {
  if (shard.ownership.hidesRows) throw hidesRows();
  holdMoment(shard, session, version);
  const seq = findSeqSince(session, readLastLogSeq(session), version + 1) - 1;
  return {
    identity: readIdentity(session),
    seq,
    seqVersion: readVersionAtSeq(session, seq),
    trimmedVersion: readTrimmedVersion(session),
    migration: lastMigration(session),
    tables: shard.model.insertOrder.map((type) => describe(session, shard.model.table(type))),
  };
}

/** As the database has it. An index that SQLite has made for a key has no statement. */
function describe(session: ReadSession, { typeName, sqlName }: TableModel): BackupTable {
  const statements = session.rows(
    `SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL
     ORDER BY type = 'index', name`,
    sqlName,
  );
  return { type: typeName, name: sqlName, statements: statements.map(([sql]) => sql as string) };
}

const pageOf = (session: ReadSession, page: Omit<BackupPage, 'migration'>): Bare<BackupAnswer> => ({
  status: 'OK',
  page: { ...page, migration: lastMigration(session) },
});

function requireLogged(session: ReadSession, afterSeq: number): void {
  const first = findSeqSince(session, readLastLogSeq(session), readTrimmedVersion(session) + 1);
  if (afterSeq + 1 >= first) return;
  throw new ShardQLError(
    'CONFLICT',
    'Expected the log to have all changes since the backup began, or since the one before it, but some are trimmed. Make a full backup, and let the log keep more (log.maxBytes).',
  );
}

/** A shard that was set back, or a copy of it, has gone on from an earlier moment with other commits. */
function requireSame(session: ReadSession, seq: number, version: Version | null): void {
  if (version === null) return;
  if (seq <= readLastLogSeq(session) && readVersionAtSeq(session, seq) === version) return;
  throw new ShardQLError(
    'CONFLICT',
    'Expected a log that goes on from the backup before, but got one that was set back since. Make a full backup.',
  );
}

const notHere = (): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    'Expected rows that stay on their shard while they are copied, but they were moved to another one. Start again.',
  );

const hidesRows = (): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    'Expected a shard that holds rows of its own slots alone, but got one that still has copies of rows that were moved. Use export.',
  );
