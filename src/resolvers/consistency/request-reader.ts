import type { CacheReader } from '../../cache/reading/cache-reader.ts';
import type { HeldRow, SourcedAnswer } from '../../cache/reading/read-through.ts';
import { type Requirement, STRONG } from '../../cache/requirement.ts';
import type { KvCounts } from '../../cache/stores/kv-store.ts';
import type { AnswerSource } from '../../events/event.ts';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import { CONSISTENCY_MODES, type ConsistencyMode } from '../../model/types.ts';
import type { AccessRules } from '../../plans/access/access-rules.ts';
import type { SessionState } from '../../plans/freshness/freshness-needs.ts';
import type { Commit, WriteResult } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { formatOperationId } from '../../shards/operation-id.ts';
import type { AnswerOf } from '../../shards/plan/answer.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import {
  addSeen,
  leastAsOf,
  mergeSeen,
  NOTHING_SEEN,
  type SeenVersions,
  stateOfCommit,
} from '../../shards/seen-versions.ts';
import { type Version, versionToText } from '../../shards/version.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';
import { ReadRecord, shardsAsked } from './read-record.ts';

/** How fresh an answer is: a root field, or a relation below it that was read by itself since its rows lie on other shards. */
interface FieldReport {
  /** Response keys from the root. */
  readonly path: readonly string[];
  /**
   * As it was read: fields that are read together are read as the strictest of them asks. The weakest, where rows of
   * several types were read, each in its own (`nodes`).
   */
  readonly mode: ConsistencyMode;
  /** The farthest that had to be asked. */
  readonly source: AnswerSource;
  /** The least version that all rows hold, of whichever shard: every commit up to it is in them. */
  readonly asOf: string;
  /** The greatest observed age, in milliseconds. */
  readonly ageMs: number;
  /** How many shards were asked. */
  readonly shards: number;
}

/** `extensions.operations`: a commit that has changed rows. Of users' own code a field may have several. */
interface ReportedOperation {
  /** Response keys of the field that it was made for. */
  readonly path: readonly string[];
  /** Names it to operators, to undo it, say. */
  readonly operationId: string;
}

/** Reads of a request that are recorded unless all are. */
const MAX_READS = 100;

const DISTANCE: readonly AnswerSource[] = ['memory', 'kv', 'shard'];

interface FieldDraft {
  readonly path: readonly string[];
  mode: ConsistencyMode;
  source: AnswerSource;
  asOf: Version;
  ageMs: number;
  readonly shards: Set<string>;
}

/** A moment that a query is answered as of. */
interface Past {
  readonly version: Version;
  readonly access: Pick<AccessRules, 'mayReadPast'>;
}

/** The reads of one request, each as fresh as required, and its writes: all of them reported. */
export class RequestReader {
  readonly #cache: CacheReader;
  readonly #presented: SeenVersions;
  readonly #keepsReads: boolean;
  readonly #meter: WorkMeter | undefined;
  readonly #reads: ReadRecord[] = [];
  readonly #fieldByPath = new Map<string, FieldDraft>();
  readonly #operations: ReportedOperation[] = [];
  /** Null: what is read is kept by no HTTP cache. */
  #httpCachesMs: number | null = null;
  #hasOtherRows = false;
  #past: Past | null = null;
  #written = NOTHING_SEEN;
  /** Presented, written or shown. */
  #seen: SeenVersions;
  #token: { readonly seen: SeenVersions; readonly token: string | Promise<string> } | null = null;

  /**
   * @param presented what the request's token holds.
   * @param keepsReads record all that was read, for a trace.
   * @param meter is told what is read, and how fresh. Default: nobody is.
   */
  constructor(cache: CacheReader, presented: SeenVersions, keepsReads: boolean, meter?: WorkMeter) {
    this.#cache = cache;
    this.#presented = presented;
    this.#seen = presented;
    this.#keepsReads = keepsReads;
    this.#meter = meter;
  }

  get session(): SessionState {
    return { seen: this.#presented, written: this.#written };
  }

  /** Rows were shown that no read brought from a shard: of the cache, or of a write. */
  get hasOtherRows(): boolean {
    return this.#hasOtherRows;
  }

  /** One answer per key, in order; at once where memory has them. `path`: response keys of the field that the read is for. */
  read<Node extends PlanNode>(
    read: Read<Node>,
    requirement: Requirement,
    path: readonly string[],
  ): Awaitable<readonly AnswerOf<Node>[]> {
    return whenThere(this.readSourced(read, requirement, path), (answers) =>
      answers.map(({ answer }) => answer as AnswerOf<Node>),
    );
  }

  /** The same, with rows that came as text. */
  readSourced(read: Read, requirement: Requirement, path: readonly string[]): Awaitable<readonly SourcedAnswer[]> {
    this.#touch(read);
    const record = this.#begin(read, path);
    const metered = { ...read, meter: record.meter };
    const past = this.#past;
    const mode = past === null ? requirement.mode : 'STRONG';
    const asked =
      past === null ? this.#cache.read(metered, this.#halved(read, requirement)) : this.#readPast(metered, past);
    return whenThere(asked, (answers) => {
      this.#end(record, answers);
      for (const answer of answers) this.#record(answer, mode, path);
      return answers;
    });
  }

  /** What is read from now on is read as of a moment, and never from a cache. `access`: the caller's own, whoever reads. */
  readAsOf(version: Version, access: Pick<AccessRules, 'mayReadPast'>): void {
    this.#past = { version, access };
    if (this.#httpCachesMs !== null) this.#httpCachesMs = 0;
  }

  /** @throws ShardQLError FORBIDDEN for tables of which the caller may see the present alone. */
  async #readPast(read: Read, { version, access }: Past): Promise<readonly SourcedAnswer[]> {
    if (!read.plan.tables.every((table) => access.mayReadPast(table))) {
      // Not which: rules look at tables that the caller may not know.
      throw new ShardQLError(
        'FORBIDDEN',
        'Expected tables that may all be read as of earlier times, but got some that may not. Leave @asOf out.',
      );
    }
    return await this.#cache.read({ ...read, asOf: version }, STRONG);
  }

  /** The same of the shards themselves, for a row that is to be written: nothing of it is shown to the client. */
  async locate<Node extends PlanNode>(read: Read<Node>, path: readonly string[]): Promise<readonly AnswerOf<Node>[]> {
    const record = this.#begin(read, path);
    const answers = await this.#cache.read({ ...read, meter: record.meter }, STRONG);
    this.#end(record, answers);
    return answers.map(({ answer }) => answer as AnswerOf<Node>);
  }

  /** What a write of this row is to read back for the cache; null: nothing. */
  heldRow(row: Read): HeldRow | null {
    return this.#cache.heldRow(row);
  }

  /** Records a write: what is read from now on holds it. `held`: what it was asked to read back. */
  recordWrite(written: WriteResult, held: HeldRow | null, path: readonly string[]): void {
    if (held && written.readBack) this.#cache.adopt(held, written.readBack);
    this.recordCommits([written], path);
  }

  /** The same of one operation that may have written to several shards: a commit in each, at least one. */
  recordCommits(commits: readonly Commit[], path: readonly string[]): void {
    this.#hasOtherRows = true;
    for (const commit of commits) {
      const { shard, version, epoch } = commit;
      this.wrote(commit);
      this.#record({ source: 'shard', ...stateOfCommit(shard, version, epoch), ageMs: 0 }, 'STRONG', path);
    }
    const logged = commits.filter(({ origin }) => origin !== null);
    if (logged.length === 0) return;
    this.#operations.push({ path, operationId: formatOperationId({ origin: logged[0]!.origin!, commits: logged }) });
  }

  /** The request has made this commit: its token includes it. */
  wrote({ shard, version, epoch }: Commit): void {
    this.#written = addSeen(this.#written, stateOfCommit(shard, version, epoch));
    this.#seen = mergeSeen(this.#seen, this.#written);
  }

  /** What was written, in order. */
  get operations(): readonly ReportedOperation[] {
    return this.#operations;
  }

  /** What was read, in the order in which it was asked for: the first ones, or all if that is asked for. */
  get reads(): readonly ReadRecord[] {
    return this.#reads;
  }

  get kvCounts(): KvCounts {
    return this.#cache.kvCounts;
  }

  /** What the session has seen by now: its next request is to bring it, in `x-shardql-token`. */
  get seen(): SeenVersions {
    return this.#seen;
  }

  /** The token of what the session has seen by now, made once for the body and the headers of an answer; null: it has seen nothing. */
  token(make: (seen: SeenVersions) => string | Promise<string>): string | Promise<string> | null {
    if (this.#seen === NOTHING_SEEN) return null;
    if (this.#token?.seen !== this.#seen) this.#token = { seen: this.#seen, token: make(this.#seen) };
    return this.#token.token;
  }

  get hasRead(): boolean {
    return this.#fieldByPath.size > 0;
  }

  /** Part of `extensions.consistency`. */
  get fields(): readonly FieldReport[] {
    return [...this.#fieldByPath.values()].map(({ asOf, shards, ...field }) => ({
      ...field,
      asOf: versionToText(asOf),
      shards: shards.size,
    }));
  }

  /** The same for those who may not know how fresh an answer is. */
  get fieldModes(): readonly Pick<FieldReport, 'path' | 'mode'>[] {
    return [...this.#fieldByPath.values()].map(({ path, mode }) => ({ path, mode }));
  }

  /**
   * What is read from now on may be kept by HTTP caches: reads take answers half as old as they may be, and leave the other half to
   * the caches. So how long an answer may be kept is known without its age, which would tell of changes to rows that the caller may not
   * see.
   */
  leaveHalfToHttpCaches(): void {
    this.#httpCachesMs = Number.POSITIVE_INFINITY;
  }

  /** For how long HTTP caches may show what was read, in milliseconds; 0 if some of it has to be as of now, and if nothing was read. */
  get httpCachesMs(): number {
    return this.#httpCachesMs === null || this.#httpCachesMs === Number.POSITIVE_INFINITY ? 0 : this.#httpCachesMs;
  }

  #halved({ plan }: Read, requirement: Requirement): Requirement {
    if (this.#httpCachesMs === null) return requirement;
    const { mode, maxStalenessMs } = requirement;
    if (mode === 'STRONG' || mode === 'SESSION') {
      this.#httpCachesMs = 0;
      return requirement;
    }
    const { ttlMs } = this.#cache.lifeOf(plan);
    const halfMs = Math.min(ttlMs, maxStalenessMs ?? ttlMs) / 2;
    this.#httpCachesMs = Math.min(this.#httpCachesMs, halfMs);
    return { ...requirement, maxStalenessMs: halfMs };
  }

  #touch({ shardKeys }: Read): void {
    if (this.#meter === undefined) return;
    if (shardKeys === null) this.#meter.touched(null);
    else for (const shardKey of shardKeys) this.#meter.touched(shardKey);
  }

  #begin(read: Read, path: readonly string[]): ReadRecord {
    const record = new ReadRecord(read, path, Date.now());
    if (this.#keepsReads || this.#reads.length < MAX_READS) this.#reads.push(record);
    return record;
  }

  #end(record: ReadRecord, answers: readonly SourcedAnswer[]): void {
    record.ended(answers, Date.now());
    if (this.#keepsReads) record.detail(answers);
  }

  #record(answer: Omit<SourcedAnswer, 'answer'>, mode: ConsistencyMode, path: readonly string[]): void {
    const { source, ageMs } = answer;
    this.#meter?.answered(mode, source);
    if (source !== 'shard') this.#hasOtherRows = true;
    this.#seen = addSeen(this.#seen, answer);
    const asOf = leastAsOf(answer);
    const key = path.join('\n');
    const field = this.#fieldByPath.get(key);
    if (field === undefined) {
      this.#fieldByPath.set(key, { path, mode, source, asOf, ageMs, shards: new Set(shardsAsked(answer)) });
      return;
    }
    if (CONSISTENCY_MODES.indexOf(mode) > CONSISTENCY_MODES.indexOf(field.mode)) field.mode = mode;
    if (DISTANCE.indexOf(source) > DISTANCE.indexOf(field.source)) field.source = source;
    field.asOf = Math.min(field.asOf, asOf);
    field.ageMs = Math.max(field.ageMs, ageMs);
    for (const shard of shardsAsked(answer)) field.shards.add(shard);
  }
}
