import { decodeSessionToken } from '../../resolvers/consistency/session-token.ts';
import { Confirmations } from '../../resolvers/operator/confirmation/confirmations.ts';
import type { OperatorContext } from '../../resolvers/operator/operator-context.ts';
import type { App } from '../app.ts';
import { inMaintenance } from '../core/maintenance.ts';
import type { Env } from '../env.ts';
import type { RequestScope } from '../request-scope.ts';
import {
  openAlertDesk,
  openBackupRecords,
  openCacheInspector,
  openDeadLetters,
  openFleetMigrations,
} from '../wiring/invocation.ts';
import { warmCache } from './warm/warm-endpoint.ts';
import { parseWarmRequest } from './warm/warm-request.ts';

type OperatorScope = RequestScope & OperatorContext;

/** What fields of operators know besides what all requests do. */
export function operatorScope(scope: RequestScope, app: App, env: Env): OperatorScope {
  const { caller, principal } = scope;
  return {
    ...scope,
    confirmations: new Confirmations(app.confirmationSigner, { role: caller.role, ...principal }),
    deadLetters: openDeadLetters(env),
    migrations: openFleetMigrations(app.model, app.migrations, env),
    apiSchema: app.schema,
    cacheEntries: openCacheInspector(app, env),
    async warm(asked) {
      // What is cached then may be what is being taken back.
      if (app.settings.isInMaintenance) throw inMaintenance();
      return await warmCache(parseWarmRequest(JSON.stringify(asked)), app, scope, env);
    },
    alertDesk: openAlertDesk(env),
    backups: openBackupRecords(env),
    async openSession(token) {
      const isSealed = app.sealer.isSealed(token);
      return { ...(isSealed ? await app.sealer.open(token) : decodeSessionToken(token)), isSealed };
    },
  };
}
