import { describe, expect, it, vi } from 'vitest';
import { ShardQLError } from '../../../src/shards/errors.ts';
import { toShardError } from '../../../src/shards/server/to-shard-error.ts';
import { StatementError } from '../../../src/shards/sql/statement-error.ts';

const asked = { method: 'read', requestId: 'r1' };

describe('what went wrong in a shard', () => {
  it.each([
    new Error('database or disk is full: SQLITE_FULL'),
    new Error('disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_WRITE)'),
    Object.assign(new Error('reset'), { durableObjectReset: true }),
    Object.assign(new Error('Network connection lost.'), { retryable: true }),
  ])('is thrown on if the shard is lost: %s', (error) => {
    const seen = StatementError.of(error, 'SELECT 1', []);
    expect(() => toShardError(seen, asked)).toThrow(error);
  });

  it('is an answer if it was expected', () => {
    const error = new ShardQLError('NOT_FOUND', 'Expected …, but got none.');
    expect(toShardError(error, asked)).toBe(error);
  });

  it.each([
    StatementError.of(new Error(`no such column: 'secret': SQLITE_ERROR`), 'UPDATE "notes" SET "a" = ?', ['secret']),
    StatementError.of(
      new Error('database disk image is malformed: SQLITE_CORRUPT (extended: SQLITE_CORRUPT_VTAB)'),
      'WITH _found(id, rank) AS MATERIALIZED (SELECT 1) SELECT 2',
      [],
    ),
    new TypeError('text.includes is not a function'),
  ])('is logged once and masked if it is our bug: %s', (error) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { code, message, details } = toShardError(error, asked);
    expect([code, message, details]).toEqual(['INTERNAL_SERVER_ERROR', 'Internal server error.', {}]);
    expect(log).toHaveBeenCalledTimes(1);
    const line = String(log.mock.calls[0]![0]);
    expect(JSON.parse(line)).toMatchObject({ level: 'error', requestId: 'r1', method: 'read' });
    expect(line).not.toContain('secret');
    if (error instanceof StatementError)
      expect(JSON.parse(line)).toMatchObject({ statement: error.kind, sql: error.sql });
    log.mockRestore();
  });
});
