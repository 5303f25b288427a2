/** How a shard is copied: what a backup asks of it, and the form in which rows and changes travel. */
import type { RestoreScope } from '../restore.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardPlacement } from '../shard-map.ts';
import type { Version } from '../version.ts';

/** A copy of the shard as of `version` begins, which has passed on all clocks: the shard holds that moment from then on. */
interface StartRequest {
  readonly part: 'start';
  readonly version: Version;
}

/** A page of the rows of a table, as they are now. */
interface RowsRequest {
  readonly part: 'rows';
  /** Name in SQL. */
  readonly table: string;
  /** `next` of the page before; null: the first one. */
  readonly after: string | null;
}

/** A page of the log. */
interface ChangesRequest {
  readonly part: 'changes';
  readonly afterSeq: number;
  /** Version of the change at `afterSeq`, as an earlier backup of the same installation knows it; null: of no matter. */
  readonly afterVersion: Version | null;
  /** Up to this version what rows are now is asked for, and after it what they were before. */
  readonly version: Version;
}

/** A page of the rows of a table under a shard key, as they are now. */
interface KeyRowsRequest {
  readonly part: 'key-rows';
  /** Name in SQL. */
  readonly table: string;
  readonly shardKey: ShardKey;
  /** `next` of the page before; null: the first one. */
  readonly after: string | null;
}

/** A page of the changes since a moment, the newest first: whoever takes them back has the rows of then. */
interface PastRequest {
  readonly part: 'past';
  /** Changes of later commits. */
  readonly version: Version;
  /** Theirs alone; null: of all. */
  readonly shardKeys: readonly ShardKey[] | null;
  /** `next` of the page before; null: the first one, from the newest change on. */
  readonly upTo: string | null;
}

/** Which page. */
export type BackupPageRequest = RowsRequest | ChangesRequest | KeyRowsRequest | PastRequest;

/** Whether rows can be copied as of an earlier moment, and what they were. The log is held for the copy then. */
export interface SurveyRequest {
  readonly part: 'survey';
  readonly version: Version;
  /** Null: all. */
  readonly shardKeys: readonly ShardKey[] | null;
}

export type BackupRequest = { readonly protocol: number } & (StartRequest | SurveyRequest | BackupPageRequest);

/** What there is to copy. */
export interface PastSurvey {
  /** Changes in the log that have to be taken back. */
  readonly changes: number;
  /** How many rows there were, by GraphQL type; tables without any are left out. */
  readonly rowsByType: Readonly<Record<string, number>>;
}

/** A table of the model, as the database has it. */
export interface BackupTable {
  /** GraphQL type. */
  readonly type: string;
  /** Name in SQL. */
  readonly name: string;
  /** The statement that makes the table, then those that make its indexes. */
  readonly statements: readonly string[];
}

/** What a copy begins with. */
export interface BackupStart {
  /** Of the shard's database: no other installation has it. */
  readonly identity: string;
  /** Seq of the last change up to the version. */
  readonly seq: number;
  /** Version of that change; 0: there is none. A log that was set back since has another one there. */
  readonly seqVersion: Version;
  /** Version of the last commit that the log has lost; 0: none. */
  readonly trimmedVersion: Version;
  /** Tag of the last migration; null: there is none. */
  readonly migration: string | null;
  /** In the order in which rows are inserted. */
  readonly tables: readonly BackupTable[];
}

/** A backup has begun. */
export interface StartedBackup {
  /** What is backed up: all commits of all shards up to it, and none after it. */
  readonly version: Version;
  /** Of the map. */
  readonly epoch: number;
  /** In the map's order. */
  readonly shards: readonly StartedShard[];
}

export interface StartedShard extends Pick<ShardPlacement, 'name' | 'ranges'>, BackupStart {
  /** Those of the shard that were asked for; null: all. */
  readonly shardKeys: readonly ShardKey[] | null;
  /** What there is to copy; null: all that there is now. */
  readonly survey: PastSurvey | null;
}

/** What a backup is of. */
export interface BackupScope {
  readonly of: RestoreScope;
  /** An earlier moment; null: now. */
  readonly version: Version | null;
}

/** Rows or changes, packed. */
export interface BackupPage {
  readonly bytes: ArrayBuffer;
  /** Where the next page begins; null: this is the last one, for now. */
  readonly next: string | null;
  /** Tag of the last migration. One that runs in the middle of a copy spoils it. */
  readonly migration: string | null;
}

export type BackupAnswer = { readonly status: 'OK'; readonly epoch: number } & (
  | { readonly start: BackupStart }
  | { readonly survey: PastSurvey }
  | { readonly page: BackupPage }
);

/** A change of the log as it is packed: this, as JSON text, then three parts of bytes. */
export interface PackedChange {
  readonly table: string;
  readonly op: 'insert' | 'update' | 'delete';
  /** It is to be taken back; else the row is to become what it is now. */
  readonly isLater: boolean;
}

/** A change that is to be taken back, as it is packed: this, as JSON text, then two parts of bytes. */
export type PastChange = Pick<PackedChange, 'table' | 'op'>;

const encoder = new TextEncoder();
/** Length of a part that is not there. */
const ABSENT = 0xffffffff;
const LENGTH_BYTES = 4;

/** Puts parts after one another, each with its length. */
export function packParts(parts: readonly (ArrayBuffer | string | null)[]): ArrayBuffer {
  const contents = parts.map((part) =>
    typeof part === 'string' ? encoder.encode(part) : part === null ? null : new Uint8Array(part),
  );
  const size = contents.reduce((sum, content) => sum + LENGTH_BYTES + (content?.length ?? 0), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let position = 0;
  for (const content of contents) {
    view.setUint32(position, content?.length ?? ABSENT);
    position += LENGTH_BYTES;
    if (content === null) continue;
    bytes.set(content, position);
    position += content.length;
  }
  return bytes.buffer;
}

/** The inverse. Throws `RangeError` for bytes that are cut. */
export function* unpackParts(packed: ArrayBuffer): Generator<ArrayBuffer | null, void, undefined> {
  for (const view of viewParts(packed)) yield view === null ? null : view.slice().buffer;
}

/** The same as views of the packed bytes: nothing is copied. */
export function* viewParts(packed: ArrayBuffer): Generator<Uint8Array<ArrayBuffer> | null, void, undefined> {
  const view = new DataView(packed);
  for (let position = 0; position < packed.byteLength; ) {
    const length = view.getUint32(position);
    position += LENGTH_BYTES;
    if (length === ABSENT) yield null;
    else {
      if (position + length > packed.byteLength) throw new RangeError('Expected whole parts, but got a cut one.');
      yield new Uint8Array(packed, position, length);
      position += length;
    }
  }
}
