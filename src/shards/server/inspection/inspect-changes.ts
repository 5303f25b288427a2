import type { Model } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { ChangesQuestion, InspectedChange, InspectedChanges, LogPosition } from '../../inspection.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { versionToText } from '../../version.ts';
import { decodeImage } from '../log/row-image.ts';
import { eachLogEntryBetween, readLoggedImage } from '../tables/log-changes.ts';
import { readLogState } from '../tables/log-state-table.ts';
import { findSeqSince, type LogEntry, readLastLogSeq } from '../tables/log-table.ts';
import { LaterValues } from './later-values.ts';
import { showImage } from './show-image.ts';

/** Log rows that one page looks at. */
const MAX_SCANNED = 20_000;
/** Length of a page's JSON beyond which it takes no further change. */
const MAX_PAGE_CHARACTERS = 400_000;
/** The same for the images that are read, as values are shown abbreviated. */
const MAX_IMAGE_BYTES = 16_000_000;

/** A page of the log. No index tells the changes of a shard key or table: the log is looked through, within bounds. */
export function inspectChanges(session: ReadSession, model: Model, question: ChangesQuestion): InspectedChanges {
  const { shardKey, table, newestFirst, limit } = question;
  const { trimmedSeq, trimmedVersion } = readLogState(session);
  const lastSeq = readLastLogSeq(session);
  const [first, last] = rangeOf(session, question, trimmedSeq, lastSeq);
  const found: LogEntry[] = [];
  let [scanned, at] = [0, null as LogEntry | null];
  for (const entry of eachLogEntryBetween(session, first, last, newestFirst)) {
    if (found.length === limit || scanned === MAX_SCANNED) break;
    scanned++;
    at = entry;
    if ((shardKey === null || entry.shardKey === shardKey) && (table === null || entry.table === table))
      found.push(entry);
  }
  const later = new LaterValues(session, model, found, lastSeq);
  const changes: InspectedChange[] = [];
  let [characters, bytes] = [0, 0];
  for (const entry of found) {
    if (characters > MAX_PAGE_CHARACTERS || bytes > MAX_IMAGE_BYTES) {
      at = found[changes.length - 1]!;
      break;
    }
    const image = entry.op === 'insert' ? null : readLoggedImage(session, entry.seq);
    bytes += image?.byteLength ?? 0;
    const change = showChange(model, entry, image, later);
    characters += JSON.stringify(change).length;
    changes.push(change);
  }
  const end = at?.seq ?? null;
  const isEnd = end === null || (newestFirst ? end <= first : end >= last);
  return { changes, next: isEnd ? null : { version: at!.version, seq: at!.seq }, since: trimmedVersion };
}

/** Seqs of the first and the last row that may be looked at; `first` is greater if there is none. */
function rangeOf(
  session: ReadSession,
  { after, newestFirst }: ChangesQuestion,
  trimmedSeq: number,
  lastSeq: number,
): readonly [first: number, last: number] {
  if (after === null) return [trimmedSeq + 1, lastSeq];
  if (newestFirst) return [trimmedSeq + 1, (after.seq ?? findSeqSince(session, lastSeq, after.version)) - 1];
  requireKept(session, after);
  return [after.seq === null ? findSeqSince(session, lastSeq, after.version + 1) : after.seq + 1, lastSeq];
}

/** Changes that are gone must not be passed over in silence. */
function requireKept(session: ReadSession, { version }: LogPosition): void {
  const { trimmedVersion } = readLogState(session);
  if (version >= trimmedVersion) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected after to be a version from ${versionToText(trimmedVersion)} on, as earlier changes have been trimmed from the log, but got ${versionToText(version)}. Begin without after, and read what rows are now.`,
  );
}

function showChange(model: Model, entry: LogEntry, image: ArrayBuffer | null, later: LaterValues): InspectedChange {
  const { seq, version, origin, shardKey, op } = entry;
  const table = model.tables.find(({ sqlName }) => sqlName === entry.table);
  const before = image && decodeImage(image);
  const columns = op === 'update' ? [...before!.keys()].filter((name) => !name.startsWith('_')) : null;
  const after = op === 'delete' || table === undefined ? null : later.after(entry, table, columns);
  return {
    ...{ seq, version, origin, shardKey, op },
    table: table?.typeName ?? entry.table,
    key: showImage(table, decodeImage(entry.pk)),
    before: before && showImage(table, before),
    after: after && showImage(table, after),
    isAfterKnown: op === 'delete' || after !== null,
  };
}
