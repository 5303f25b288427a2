import type { Tracer } from '../lib/tracing/tracer.ts';
import type { Model } from '../model/types.ts';
import type { AccessRules } from '../plans/access/access-rules.ts';
import type { BoundOperation } from '../plans/bound-operation.ts';
import type { ReadPlan } from '../plans/node-plan.ts';
import type { AuditTrail } from '../shards/client/audit-trail.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import type { Caller } from '../shards/protocol/envelope.ts';
import type { RequestReader } from './consistency/request-reader.ts';

/** What resolvers know of the request they work for. One per request; the shard client in it must not outlive it. */
export interface RequestContext {
  /** As the caller has it: tables and columns that it may not see are not there. */
  readonly model: Model;
  readonly shards: ShardClient;
  /** What fields show is read through it, whether a shard must answer or the cache may. */
  readonly reader: RequestReader;
  /** Of the operation that is executed; set when it is first asked for. */
  boundOperation?: BoundOperation;
  /** Reads of root fields that were begun before the executor was left to answer, by their plans: see `run/begun-read.ts`. */
  begun?: Map<ReadPlan, unknown>;
  /** How many related rows have been resolved so far. */
  relatedRows?: number;
  /** A row that is in memory once may be in the answer often: as one of another shard below several, or by an id that is given twice. */
  sharesRows?: boolean;
  readonly caller: Caller;
  /** What the header `Idempotency-Key` holds: for each root field of a mutation without one of its own. Absent, or null: nothing. */
  readonly idempotencyKey?: () => string | null;
  /** What is written is undone again, whatever the operation says. Absent: its fields say so. */
  readonly isDryRun?: boolean;
  /** Where actions of operators are recorded; null: the caller is none. Absent: nothing is recorded. */
  readonly operatorAudit?: AuditTrail | null;
  /** Which rows the caller may see. */
  readonly access: AccessRules;
  /** Shown to clients with every error, and logged. */
  readonly requestId: string;
  /** Records the steps of the request; undefined: nobody wants to know. */
  readonly tracer?: Tracer | undefined;
}
