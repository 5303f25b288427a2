import { Confirmations } from '../../resolvers/operator/confirmation/confirmations.ts';
import type { OperatorContext } from '../../resolvers/operator/operator-context.ts';
import type { App } from '../app.ts';
import type { Env } from '../env.ts';
import type { RequestScope } from '../request-scope.ts';
import { openDeadLetters, openFleetMigrations } from '../wiring.ts';

type OperatorScope = RequestScope & OperatorContext;

/** What fields of operators know besides what all requests do. */
export function operatorScope(scope: RequestScope, app: App, env: Env): OperatorScope {
  const { caller, principal } = scope;
  return {
    ...scope,
    confirmations: new Confirmations(app.confirmationSigner, { role: caller.role, ...principal }),
    deadLetters: openDeadLetters(env),
    migrations: openFleetMigrations(app.model, app.migrations, env),
  };
}
