import type { Tracer } from '../lib/tracing/tracer.ts';
import type { Model } from '../model/types.ts';
import type { AccessRules } from '../plans/access/access-rules.ts';
import type { RequestReader } from '../resolvers/consistency/request-reader.ts';
import type { ApiKeys } from '../shards/client/api-keys.ts';
import type { AuditTrail } from '../shards/client/audit-trail.ts';
import type { Bookmarks } from '../shards/client/bookmarks.ts';
import type { Fleet } from '../shards/client/fleet.ts';
import type { KeyPlacements } from '../shards/client/key-placements.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import type { ErrorCode } from '../shards/errors.ts';
import type { Caller } from '../shards/protocol/envelope.ts';
import type { Principal } from './authentication/identity.ts';
import type { RequestMeter } from './monitoring/request-meter.ts';
import type { TokenSealer } from './token-sealer.ts';

/** Everything that lives as long as one request. */
export interface RequestScope {
  readonly requestId: string;
  /** As the caller has it. */
  readonly model: Model;
  readonly caller: Caller;
  readonly principal: Principal;
  /** Of the request's header; null: it has none. */
  readonly idempotencyKey?: () => string | null;
  /** The request, or a field of it, fails with this code, which may be a denial. Absent: denials are not counted. */
  readonly deny?: (code: ErrorCode) => void;
  /** Callers are also known by a scheme of the Worker's own, which may look at anything in a request. Default: false. */
  readonly hasOwnScheme?: boolean;
  /** What the answer says of rate limits. Absent: there are none. */
  readonly rateLimitHeaders?: Readonly<Record<string, string>>;
  /** What may be wrong with the claims, for developers who have made the caller up. Default: nothing. */
  readonly hints?: readonly string[];
  /** What is written is undone again, whatever the operation says. Absent: its fields say so. */
  readonly isDryRun?: boolean;
  /** Which rows the caller may see. */
  readonly access: AccessRules;
  readonly shards: ShardClient;
  readonly apiKeys: ApiKeys;
  /** How the shards are. */
  readonly fleet: Fleet;
  readonly bookmarks: Bookmarks;
  readonly keyPlacements: KeyPlacements;
  /** What the caller does, if they are an operator, is recorded here. */
  readonly audit: AuditTrail;
  /** The same; null: the caller is no operator. */
  readonly operatorAudit: AuditTrail | null;
  readonly reader: RequestReader;
  /** Answers are read by those who wrote the code: its errors may be shown. */
  readonly isDevelopment: boolean;
  /** Names of the schema may be shown to those who do not know them. Default: true. */
  readonly showsSchema?: boolean;
  /** What the operation costs; set before it runs, where there is a budget or a trace. */
  cost?: { readonly requested: number /** Null: the caller has none. */; readonly budget: number | null };
  /** How many related rows have been resolved so far. */
  relatedRows?: number;
  /** A row that is in memory once may be in the answer often: as one of another shard below several, or by an id that is given twice. */
  sharesRows?: boolean;
  /** Seals what versions the session has seen; null or absent: the caller may know them, as operators may. */
  readonly sealer?: TokenSealer | null;
  /** The caller asked for, and may have, `extensions.trace`. */
  readonly isTraced: boolean;
  /** Measures the request. Absent: it is not measured. */
  readonly meter?: RequestMeter | undefined;
  /** Records the steps of the request; undefined: nobody wants to know. */
  readonly tracer?: Tracer | undefined;
}
