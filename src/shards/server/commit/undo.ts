import type { OperationOf } from '../../operation.ts';
import type { WriteRequest } from '../../protocol/write.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { any, type Check, object } from '../shape-check.ts';
import { ownsKey, type ShardReader } from '../shard-state.ts';
import { shardKeysOfCommit } from '../undo/logged-commit.ts';
import { undoCommit } from '../undo/undo-commit.ts';
import type { CommitScope } from './commit-scope.ts';
import type { PendingResult } from './results.ts';

const RANGE = object({ offset: any, limit: any });

export const UNDO_SHAPE: Check = object<OperationOf<'undo'>>({
  kind: any,
  origin: any,
  version: any,
  changes: RANGE,
  conflicts: RANGE,
});

/** Of no table: the one kind of operation that finds its rows itself, in the log. */
export const applyUndo = (scope: CommitScope, operation: OperationOf<'undo'>): PendingResult => ({
  result: undoCommit(scope, operation),
});

/** Who asks for an undo does not know the shard keys of its rows. The shard does, and takes those that it owns. */
export function withShardKeys(
  shard: Pick<ShardReader, 'ownership'>,
  session: ReadSession,
  request: WriteRequest,
): WriteRequest {
  const undo = request.operations.find((operation) => operation.kind === 'undo');
  if (undo === undefined) return request;
  const shardKeys = shardKeysOfCommit(session, undo.version).filter((shardKey) => ownsKey(shard, shardKey));
  return { ...request, shardKeys };
}
