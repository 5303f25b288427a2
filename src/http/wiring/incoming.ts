import type { Actor } from '../../events/actor.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import type { Identity } from '../authentication/identity.ts';
import { clientAddress } from '../core/client-address.ts';
import type { Env } from '../env.ts';
import type { RequestMeter } from '../monitoring/request-meter.ts';
import type { RequestScope } from '../request-scope.ts';
import type { Isolate } from './isolate.ts';

/** A request, and what it came with. */
export interface Incoming {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly requestId: string;
  /** Who sends it, once that is known. */
  identity?: Identity;
  /** Measures it, unless its path is not measured. */
  meter?: RequestMeter;
  /** Once its caller is known. */
  scope?: RequestScope;
  /** Undefined: nobody wants to know how it went. */
  tracer?: Tracer | undefined;
}

export const actorOf = ({ request }: Incoming, { caller, principal }: Identity): Actor => ({
  role: caller.role,
  ...principal,
  address: clientAddress(request),
});

/** Counts a failure, if it is a denial. */
export function denied({ denials }: Isolate, incoming: Incoming, code: ErrorCode): void {
  const { request, url, requestId, identity } = incoming;
  const actor = identity === undefined ? null : actorOf(incoming, identity);
  const traceId = incoming.tracer?.sharedTraceId;
  denials.record(code, { actor, address: clientAddress(request), path: url.pathname, requestId, traceId });
}
