import { ShardQLError } from '../../errors.ts';
import type { Idempotency, WriteRequest } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { any, object } from '../shape-check.ts';
import { findRecord, type IdempotencyRecord, onlyKey } from '../tables/idempotency-table.ts';
import type { Committed } from '../tables/operations-table.ts';
import type { AnsweredRows } from './access/answered-rows.ts';

const checkShape = object<Idempotency>({ id: any, fingerprint: any });

/**
 * What the first request with the same idempotency key was answered; null if this is the first, or has no key.
 *
 * @param requireReadable holds rows of the first answer to what the caller may read now.
 * @throws ShardQLError IDEMPOTENCY_KEY_PARAMETER_MISMATCH if the first asked for something else; CONFLICT if what it did was
 * undone since: it is not done again.
 */
export function replay(
  session: SqlSession,
  { idempotency, shardKeys }: WriteRequest,
  requireReadable: (rows: AnsweredRows) => void,
): Committed | null {
  if (idempotency === undefined) return null;
  checkShape(idempotency);
  const record = findFirst(session, idempotency, onlyKey(shardKeys as readonly ShardKey[]));
  if (record === null) return null;
  const { version, results, isUndone, rows } = record;
  if (isUndone) {
    throw new ShardQLError(
      'CONFLICT',
      'Expected an idempotency key whose changes still hold, but got one whose changes were undone: they are not made again. Take a new key to make them anew.',
    );
  }
  if (rows !== null) requireReadable(JSON.parse(rows) as AnsweredRows);
  return { version, results };
}

/**
 * The record of the first write with the key; null: there is none.
 *
 * @param shardKey under which a write is made; null: under several.
 * @throws ShardQLError IDEMPOTENCY_KEY_PARAMETER_MISMATCH if that asked for something else.
 */
export function findFirst(
  session: ReadSession,
  { id, fingerprint }: Idempotency,
  shardKey: ShardKey | null,
): IdempotencyRecord | null {
  const record = findRecord(session, id, shardKey);
  if (record === null || record.fingerprint === fingerprint) return record;
  throw new ShardQLError(
    'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
    'Expected the arguments and the selection that this idempotency key was first sent with, but got others. Repeat the request as it was, or take a new key.',
  );
}
