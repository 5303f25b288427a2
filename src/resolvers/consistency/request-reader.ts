import type { CacheReader } from '../../cache/reading/cache-reader.ts';
import type { AnswerSource, SourcedAnswer } from '../../cache/reading/cacheable-read.ts';
import type { Requirement } from '../../cache/requirement.ts';
import type { ConsistencyMode } from '../../model/types.ts';
import type { PlannedRead } from '../../shards/client/shard-client.ts';
import type { Answer } from '../../shards/plan.ts';
import { type Version, versionToText } from '../../shards/version.ts';
import type { SessionState } from './freshness-needs.ts';
import { encodeSessionToken } from './session-token.ts';

/** `extensions.consistency`: what the client can know of the freshness of its answer. */
export interface ConsistencyReport {
  /** To be sent with the session's next request, in `x-shardql-token`; null: the session has seen nothing. */
  readonly token: string | null;
  readonly fields: readonly FieldReport[];
}

/** A root field, or a relation below it that was read by itself since its rows lie on other shards. */
export interface FieldReport {
  /** Response keys from the root. */
  readonly path: readonly string[];
  /** As it was read: fields that are read together are read as the strictest of them asks. */
  readonly mode: ConsistencyMode;
  /** The farthest that had to be asked. */
  readonly source: AnswerSource;
  /** The least version that all rows hold. */
  readonly asOf: string;
  /** The greatest observed age, in milliseconds. */
  readonly ageMs: number;
  /** How many shards were asked. */
  readonly shards: number;
}

const DISTANCE: readonly AnswerSource[] = ['memory', 'kv', 'shard'];

interface FieldDraft {
  readonly path: readonly string[];
  readonly mode: ConsistencyMode;
  source: AnswerSource;
  asOf: Version;
  ageMs: number;
  readonly shards: Set<string>;
}

/** The reads of one request: each as fresh as is required, and all of them told of. */
export class RequestReader {
  readonly #cache: CacheReader;
  readonly #presented: Version;
  readonly #fieldByPath = new Map<string, FieldDraft>();
  #written: Version = 0;
  #shown: Version = 0;

  /** `presented`: version of the token that came with the request; 0: none. */
  constructor(cache: CacheReader, presented: Version) {
    this.#cache = cache;
    this.#presented = presented;
  }

  get session(): SessionState {
    return { token: this.#presented, written: this.#written };
  }

  /** One answer per key, in order. `path`: response keys of the field that the read is for. */
  async read(read: PlannedRead, requirement: Requirement, path: readonly string[]): Promise<readonly Answer[]> {
    const answers = await this.#cache.read(read, requirement);
    for (const answer of answers) this.#note(answer, requirement.mode, path);
    return answers.map(({ answer }) => answer);
  }

  /** A write of this request has committed: what is read from now on holds it. */
  wrote(shard: string, version: Version, path: readonly string[]): void {
    this.#written = Math.max(this.#written, version);
    this.#note({ source: 'shard', asOf: version, changed: version, ageMs: 0, shards: [shard] }, 'STRONG', path);
  }

  get token(): string | null {
    const seen = Math.max(this.#presented, this.#written, this.#shown);
    return seen === 0 ? null : encodeSessionToken(seen);
  }

  get report(): ConsistencyReport {
    const fields = [...this.#fieldByPath.values()].map(({ asOf, shards, ...field }) => ({
      ...field,
      asOf: versionToText(asOf),
      shards: shards.size,
    }));
    return { token: this.token, fields };
  }

  #note(answer: Omit<SourcedAnswer, 'answer'>, mode: ConsistencyMode, path: readonly string[]): void {
    this.#shown = Math.max(this.#shown, answer.changed);
    const key = path.join('\n');
    const field = this.#fieldByPath.get(key);
    if (field === undefined) {
      const { source, asOf, ageMs, shards } = answer;
      this.#fieldByPath.set(key, { path, mode, source, asOf, ageMs, shards: new Set(shards) });
      return;
    }
    if (DISTANCE.indexOf(answer.source) > DISTANCE.indexOf(field.source)) field.source = answer.source;
    field.asOf = Math.min(field.asOf, answer.asOf);
    field.ageMs = Math.max(field.ageMs, answer.ageMs);
    for (const shard of answer.shards) field.shards.add(shard);
  }
}
