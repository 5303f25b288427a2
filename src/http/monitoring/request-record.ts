import type { OperationKind, OperationMode, OperationSource } from '../../shards/isolate-report.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { Usage } from '../../shards/usage.ts';
import type { Env } from '../env.ts';
import type { RequestScope } from '../request-scope.ts';
import type { OperationIdentity } from './operation-identity.ts';

/** A request, or a batch of a queue, that has been answered. */
export interface RequestRecord {
  /** Null: of a batch. */
  readonly requestId: string | null;
  readonly kind: OperationKind;
  /** Null: it was none of GraphQL, or was refused before its document was known. */
  readonly operation: OperationIdentity | null;
  readonly path: string;
  readonly role: string;
  readonly mode: OperationMode;
  readonly source: OperationSource;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of errors, each once. */
  readonly codes: readonly string[];
  /** Of all that it touched; null: several, or none. */
  readonly shardKey: ShardKey | null;
  readonly shard: string | null;
  /** So far: work that goes on after the answer is added to it. */
  readonly usage: Usage;
  /** Null: it was refused before its caller was known, or is a batch. */
  readonly scope: RequestScope | null;
}

/** Told of each finished request, right after its answer was made: it must be quick, and may do more by `waitUntil`. */
export type RequestListener = (
  record: RequestRecord,
  invocation: { readonly env: Env; readonly waitUntil: (work: Promise<unknown>) => void },
) => void;
