import { ShardQLError } from '../../shards/errors.ts';
import { ANONYMOUS, type Caller, DEVELOPER, OPERATOR } from '../../shards/protocol/envelope.ts';

/** Roles that see and do everything. */
const ROLES: readonly string[] = [DEVELOPER.role, OPERATOR.role];

/** Whether the caller may see plans, and read and write all tables. */
export const isOperator = ({ role }: Caller): boolean => ROLES.includes(role);

/**
 * For what reads and writes all tables without further rules.
 *
 * @throws ShardQLError UNAUTHENTICATED for callers who show no credential, FORBIDDEN for those with another role.
 */
export function requireOperator(caller: Caller): void {
  if (isOperator(caller)) return;
  if (caller.role === ANONYMOUS.role) {
    throw new ShardQLError('UNAUTHENTICATED', 'Expected Authorization: Bearer <token>, but got none.');
  }
  throw new ShardQLError('FORBIDDEN', `Expected the role ${OPERATOR.role}, but got ${JSON.stringify(caller.role)}.`);
}
