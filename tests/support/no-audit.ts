import { BoundedMap } from '../../src/lib/bounded-map.ts';
import { AuditTrail } from '../../src/shards/client/audit-trail.ts';
import type { RouterEnv } from '../../src/shards/client/routing/router-env.ts';

/** Of a request that does nothing to record. */
export const noAudit = (env: RouterEnv): AuditTrail =>
  new AuditTrail({
    env,
    actorOf: () => ({ role: 'developer', by: 'none', issuer: null, name: null, address: 'local' }),
    requestId: 'r',
    recorded: new BoundedMap(1),
  });
