/** Statements over spans of `_log`: the rows after a seq, of all shard keys or of some. */
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { type LogEntry, type LogRow, SELECT_LOG_ENTRIES, SELECT_LOG_ROWS, toLogEntry, toLogRow } from './log-table.ts';

/** Rows with seqs in `(after, upTo]`. */
export interface LogPart {
  readonly after: number;
  readonly upTo: number;
  /** Theirs alone; null: of all. */
  readonly shardKeys: readonly ShardKey[] | null;
}

/** A part of the log from which others may be left out. */
export interface LogSpan extends LogPart {
  /** Of the rows up to this seq, those alone that lie in one of these spans. Null: all. */
  readonly partly: {
    readonly upTo: number;
    readonly of: readonly Pick<LogSpan, 'after' | 'shardKeys'>[];
  } | null;
  /** Left out, each of them: at most {@link MAX_PARTS_LEFT_OUT}. */
  readonly without: readonly LogPart[];
}

/** Each is a term of a condition, whose depth and bindings SQLite limits, and is looked at with each row. */
export const MAX_PARTS_LEFT_OUT = 16;

/** The whole of a part. */
export const spanOf = (part: LogPart): LogSpan => ({ ...part, partly: null, without: [] });

const KEY_AMONG = 'shard_key IN (SELECT value FROM json_each(?))';

/** There is no index on shard keys, which would be one more row written for each change: all rows of the span are looked at. */
function conditionOf({ partly, without, ...part }: LogSpan): { sql: string; bindings: SqlStorageValue[] } {
  const { terms, bindings } = termsOf(part);
  if (partly !== null) {
    const parts = ['seq > ?'];
    bindings.push(partly.upTo);
    for (const part of partly.of) {
      parts.push(part.shardKeys === null ? 'seq > ?' : `seq > ? AND ${KEY_AMONG}`);
      bindings.push(part.after);
      if (part.shardKeys !== null) bindings.push(JSON.stringify(part.shardKeys));
    }
    terms.push(`(${parts.join(' OR ')})`);
  }
  for (const left of without) {
    const out = termsOf(left);
    terms.push(`NOT (${out.terms.join(' AND ')})`);
    bindings.push(...out.bindings);
  }
  return { sql: terms.join(' AND '), bindings };
}

function termsOf({ after, upTo, shardKeys }: LogPart): { terms: string[]; bindings: SqlStorageValue[] } {
  const terms = ['seq > ? AND seq <= ?'];
  const bindings: SqlStorageValue[] = [after, upTo];
  if (shardKeys !== null) {
    terms.push(shardKeys.length === 1 ? 'shard_key = ?' : KEY_AMONG);
    bindings.push(shardKeys.length === 1 ? shardKeys[0]! : JSON.stringify(shardKeys));
  }
  return { terms, bindings };
}

/** The rows, newest first, one at a time: images may be large. */
export function* eachLoggedChange(session: ReadSession, span: LogSpan): Generator<LogRow, void, undefined> {
  const { sql, bindings } = conditionOf(span);
  const rows = session.each(`${SELECT_LOG_ROWS} WHERE ${sql} ORDER BY seq DESC`, ...bindings);
  for (const row of rows) yield toLogRow(row);
}

/** The same without their images. */
export function* eachLogEntry(session: ReadSession, span: LogSpan): Generator<LogEntry, void, undefined> {
  const { sql, bindings } = conditionOf(span);
  const rows = session.each(`${SELECT_LOG_ENTRIES} WHERE ${sql} ORDER BY seq DESC`, ...bindings);
  for (const row of rows) yield toLogEntry(row);
}

/** A row with the first bytes of its image, where the row version is. */
export type LogHead = Omit<LogRow, 'image'> & { readonly head: ArrayBuffer | null };

/** The same with their beginnings. */
export function* eachLogHead(session: ReadSession, span: LogSpan): Generator<LogHead, void, undefined> {
  const { sql, bindings } = conditionOf(span);
  const rows = session.each(
    `SELECT seq, version, origin, schema, "table", pk, shard_key, op, substr(image, 1, 64) FROM _log
     WHERE ${sql} ORDER BY seq DESC`,
    ...bindings,
  );
  for (const [seq, version, origin, schema, table, pk, shardKey, op, head] of rows) {
    yield { seq, version, origin, schema, table, pk, shardKey, op, head } as LogHead;
  }
}

/** How many rows there are, counted up to `most` + 1. */
export function countChanges(session: ReadSession, span: LogSpan, most: number): number {
  const { sql, bindings } = conditionOf(span);
  const count = `SELECT count(*) FROM (SELECT 1 FROM _log WHERE ${sql} ${limitSql('?')})`;
  return session.row(count, ...bindings, most + 1)![0] as number;
}

/** The newest rows, up to `limit`, with the size of their images in bytes. */
export function measureChanges(
  session: ReadSession,
  span: LogSpan,
  limit: number,
): { readonly seq: number; readonly version: Version; readonly table: string; readonly bytes: number }[] {
  const { sql, bindings } = conditionOf(span);
  const rows = session.rows(
    `SELECT seq, version, "table", coalesce(octet_length(image), 0) FROM _log WHERE ${sql} ORDER BY seq DESC ${limitSql('?')}`,
    ...bindings,
    limit,
  );
  return rows.map(([seq, version, table, bytes]) => ({
    seq: seq as number,
    version: version as Version,
    table: table as string,
    bytes: bytes as number,
  }));
}

interface ChangedTable {
  /** Under which the changes were written. */
  readonly schema: string;
  readonly table: string;
  readonly changes: number;
  /** Rows that they have added, less those that they have deleted. */
  readonly added: number;
  /** Of their images. */
  readonly bytes: number;
}

/** Which tables were changed, each under the schema that it had. */
export function readChangedTables(session: ReadSession, span: LogSpan): ChangedTable[] {
  const { sql, bindings } = conditionOf(span);
  return session
    .rows(
      `SELECT schema, "table", count(*), sum((op = 'insert') - (op = 'delete')), coalesce(sum(octet_length(image)), 0)
       FROM _log WHERE ${sql} GROUP BY schema, "table"`,
      ...bindings,
    )
    .map(([schema, table, changes, added, bytes]) => ({
      bytes: bytes as number,
      schema: schema as string,
      table: table as string,
      changes: changes as number,
      added: added as number,
    }));
}

/** The commits, newest first. */
export function readCommits(
  session: ReadSession,
  span: LogSpan,
): { readonly version: Version; readonly origin: string }[] {
  const { sql, bindings } = conditionOf(span);
  return session
    .rows(`SELECT DISTINCT version, origin FROM _log WHERE ${sql} ORDER BY version DESC`, ...bindings)
    .map(([version, origin]) => ({ version: version as Version, origin: origin as string }));
}
