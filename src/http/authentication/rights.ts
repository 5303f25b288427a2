import { roleModel } from '../../model/access/role-model.ts';
import { unknownRole } from '../../model/access/unknown-role.ts';
import type { Model } from '../../model/types.ts';
import { FULL_ACCESS } from '../../plans/access/access-rules.ts';
import { CallerRules } from '../../plans/access/caller-rules.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { ANONYMOUS, type Caller, OPERATOR } from '../../shards/protocol/envelope.ts';
import { isOperator } from './require-operator.ts';

/**
 * What a caller may see and do: everything, or what the rules of its role say.
 *
 * @param isDevelopment errors name roles and rules of the model.
 * @throws ShardQLError for a role that no table has a rule for: UNAUTHENTICATED where there is no credential, else FORBIDDEN.
 */
export function rightsOf(model: Model, caller: Caller, isDevelopment: boolean): RowScope {
  if (isOperator(caller)) return { model, access: FULL_ACCESS };
  const ofRole = roleModel(model, caller.role);
  if (ofRole !== null && ofRole.tables.length > 0) {
    return { model: ofRole, access: new CallerRules(model, caller, isDevelopment) };
  }
  if (caller.role === ANONYMOUS.role) {
    throw new ShardQLError('UNAUTHENTICATED', 'Expected Authorization: Bearer <token>, but got none.');
  }
  const problem = isDevelopment ? unknownRole(model, caller.role, 'the caller’s role', [OPERATOR.role]) : null;
  throw new ShardQLError(
    'FORBIDDEN',
    problem ?? `Expected a role that access rules of the model name, but got ${JSON.stringify(caller.role)}.`,
  );
}
