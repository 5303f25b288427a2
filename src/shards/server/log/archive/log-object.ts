/**
 * The form in which rows of the log are archived, one object for each segment: a gzip file of
 *
 *     {"format":"shardql-log","formatVersion":1, …}    a line of JSON: {@link LogObjectHeader}
 *     [seq,version,origin,schema,table,shardKey,op,pkBytes,imageBytes]
 *     <pk><image>                                      for each row, in order of seq: a line of JSON, then the bytes of its
 *                                                      key and of its image (`../row-image.ts`), then a line feed
 *
 * `imageBytes` is null where there is no image. The file says by itself whose rows these are. Whether it is whole is told by its
 * SHA-256, which the shard and the object's metadata have.
 */
import { invariant } from '../../../../lib/invariant.ts';
import type { ShardKey } from '../../../shard-key.ts';
import type { LogSegment } from '../../tables/log-archive-table.ts';
import type { LogRow } from '../../tables/log-table.ts';

const FORMAT = 'shardql-log';
const FORMAT_VERSION = 1;

/** Whose rows an object holds: of which Durable Object, by its id and (null: unknown) its name. */
export interface ArchivedShard {
  readonly id: string;
  readonly name: string | null;
}

/** Decimal digits of a seq or a version in a key, so that keys sort as seqs do. */
const SEQ_DIGITS = 16;

const toDigits = (seq: number): string => String(seq).padStart(SEQ_DIGITS, '0');

/**
 * The name of the object in the bucket. It has the version of the last commit, since a shard that has gone back to a bookmark gives the
 * same seqs out again: what it archived before must stay for the undo.
 */
export const logObjectKey = ({ id }: ArchivedShard, { firstSeq, lastSeq, lastVersion }: LogSegment): string =>
  `log/${id}/${toDigits(firstSeq)}-${toDigits(lastSeq)}-${toDigits(lastVersion)}.gz`;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LINE_FEED = 0x0a;

/** The first line of the file. */
export function encodeHeader(shard: ArchivedShard, segment: LogSegment): Uint8Array {
  const { firstSeq, lastSeq, versionBefore, firstVersion, lastVersion } = segment;
  const versions = { versionBefore, firstVersion, lastVersion };
  return encoder.encode(
    `${JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, shard, firstSeq, lastSeq, ...versions })}\n`,
  );
}

export function encodeRow(row: LogRow): Uint8Array {
  const { seq, version, origin, schema, table, shardKey, op, pk, image } = row;
  const sizes = [pk.byteLength, image?.byteLength ?? null];
  const line = encoder.encode(`${JSON.stringify([seq, version, origin, schema, table, shardKey, op, ...sizes])}\n`);
  const bytes = new Uint8Array(line.length + pk.byteLength + (image?.byteLength ?? 0) + 1);
  bytes.set(line);
  bytes.set(new Uint8Array(pk), line.length);
  if (image !== null) bytes.set(new Uint8Array(image), line.length + pk.byteLength);
  bytes[bytes.length - 1] = LINE_FEED;
  return bytes;
}

/**
 * The rows of a file that was unpacked, one by one.
 *
 * @throws Error where the bytes are not of this format, or not those of the segment.
 */
export function* decodeRows(bytes: Uint8Array, shard: ArchivedShard, segment: LogSegment): Generator<LogRow> {
  let position = 0;
  const readLine = (): unknown => {
    const end = bytes.indexOf(LINE_FEED, position);
    invariant(end >= 0, 'Expected a line of an archived log, but got its end.');
    const line = decoder.decode(bytes.subarray(position, end));
    position = end + 1;
    return JSON.parse(line);
  };
  const take = (length: number): ArrayBuffer => {
    const part = bytes.slice(position, position + length);
    invariant(part.length === length, 'Expected the bytes of an archived row, but got its end.');
    position += length;
    return part.buffer;
  };
  const header = readLine() as {
    readonly format: string;
    readonly formatVersion: number;
    readonly shard: ArchivedShard;
  };
  const isKnown = header.format === FORMAT && header.formatVersion === FORMAT_VERSION && header.shard.id === shard.id;
  invariant(isKnown, 'Expected an archived log of this shard, but got another file.');
  for (let next = segment.firstSeq; next <= segment.lastSeq; next++) {
    const [seq, version, origin, schema, table, shardKey, op, pkBytes, imageBytes] = readLine() as [
      ...[number, number, string, string, string, ShardKey, LogRow['op']],
      ...[number, number | null],
    ];
    invariant(seq === next, 'Expected archived rows without gaps, but got one.');
    const pk = take(pkBytes);
    const image = imageBytes === null ? null : take(imageBytes);
    position++;
    yield { seq, version, origin, schema, table, pk, shardKey, op, image };
  }
}

/** The bytes of a stream. */
export const readAll = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream as never).arrayBuffer());

export const unpack = (bytes: Uint8Array): Promise<Uint8Array> =>
  readAll(new Response(bytes as never).body!.pipeThrough(new DecompressionStream('gzip') as never));
