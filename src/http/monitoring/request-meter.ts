import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { AnswerSource } from '../../events/event.ts';
import type { ConsistencyMode } from '../../model/types.ts';
import type { OperationKind } from '../../shards/isolate-report.ts';
import { OPERATION_MODES, OPERATION_SOURCES } from '../../shards/isolate-report.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { noUsage, type UsageCounts, type UsageName } from '../../shards/usage.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';
import { GRAPHQL_PATH } from '../core/paths.ts';
import type { KeyStats } from './key-stats.ts';
import type { OperationIdentities, OperationIdentity } from './operation-identity.ts';
import type { OperationStats } from './operation-stats.ts';

/** Characters of a shard key that is counted by itself: clients may ask for any, also for those that are not there. */
const MAX_SHARD_KEY = 256;

const MODE_RANKS: Readonly<Record<ConsistencyMode, number>> = rankOf(OPERATION_MODES);
const SOURCE_RANKS: Readonly<Record<AnswerSource, number>> = rankOf(OPERATION_SOURCES);

function rankOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name, rank) => [name, rank])) as Record<Name, number>;
}

/** Measures one request, or one batch of a queue, from its arrival on. Once it is finished, what is used still counts for it. */
export class RequestMeter implements WorkMeter {
  readonly startedAtMs: number;
  readonly usage: UsageCounts = noUsage();
  /** Until the document is known, or if there is none, the path. */
  operation: OperationIdentity | null = null;
  kind: OperationKind;
  /** Of what is no operation of GraphQL. */
  readonly path: string;
  role = 'anonymous';
  /** Indices of {@link OPERATION_MODES} and {@link OPERATION_SOURCES}. */
  mode = 0;
  source = 0;
  /** Of errors, each once. */
  readonly codes: string[] = [];
  /** Undefined: none yet. Null: several. */
  shardKey: ShardKey | null | undefined = undefined;
  shard: string | null = null;
  /** Where usage goes once the request is finished. */
  #operationStats: OperationStats | null = null;
  #keyStats: KeyStats | null = null;

  readonly #identities: OperationIdentities;

  constructor(kind: OperationKind, path: string, startedAtMs: number, identities: OperationIdentities) {
    this.kind = kind;
    this.path = path;
    this.startedAtMs = startedAtMs;
    this.#identities = identities;
    this.usage.workerRequests = 1;
  }

  /** The document is known and valid by the schema. Operators' own operations count by their path. */
  ran(document: DocumentNode, operationName: string | null, schema: GraphQLSchema): void {
    if (this.path !== GRAPHQL_PATH) return;
    this.operation = this.#identities.of(document, operationName, schema);
    this.kind = this.operation.kind;
  }

  /** The request, or a field of it, fails. */
  failed(code: string): void {
    if (!this.codes.includes(code)) this.codes.push(code);
  }

  used(name: UsageName, times: number): void {
    this.usage[name] += times;
    if (this.#operationStats === null) return;
    this.#operationStats.used(name, times);
    this.#keyStats!.used(name, times);
  }

  touched(given: ShardKey | null, shard?: string): void {
    const shardKey = given !== null && given.length > MAX_SHARD_KEY ? null : given;
    if (shardKey !== this.shardKey) this.shardKey = this.shardKey === undefined ? shardKey : null;
    if (shard !== undefined) this.shard = shard;
  }

  answered(mode: ConsistencyMode, source: AnswerSource): void {
    const modeRank = MODE_RANKS[mode];
    const sourceRank = SOURCE_RANKS[source];
    if (modeRank > this.mode) this.mode = modeRank;
    if (sourceRank > this.source) this.source = sourceRank;
  }

  /** It is answered, and has been counted there. */
  finished(operation: OperationStats, key: KeyStats): void {
    this.#operationStats = operation;
    this.#keyStats = key;
  }
}
