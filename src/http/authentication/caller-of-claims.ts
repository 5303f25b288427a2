import { ShardQLError } from '../../shards/errors.ts';
import { type Caller, OPERATOR, ROLES_WITHOUT_CREDENTIAL } from '../../shards/protocol/envelope.ts';
import type { AuthenticateOptions, Claims } from './options.ts';

/**
 * The caller that verified claims are of.
 *
 * @throws ShardQLError UNAUTHENTICATED if they name no role.
 */
export function callerOfClaims(claims: Claims, mapping: AuthenticateOptions['caller']): Caller {
  const mapped = mapping ? mapping(claims) : ownRole(claims);
  if (mapped === null) throw refused('a caller who is let in', 'another');
  const { role, ...others } = mapped;
  if (typeof role !== 'string' || role === '') throw refused('a credential that names a role', 'one without');
  if (ROLES_WITHOUT_CREDENTIAL.has(role)) throw refused('a role of the application', JSON.stringify(role));
  return { role, claims: others };
}

/** Issuers let users choose some claims themselves, so the word alone makes no operators. */
function ownRole({ role, ...claims }: Claims): { readonly role: string } {
  if (role === OPERATOR.role) throw refused('a role of the application', `"${OPERATOR.role}"`);
  return { role: role as string, ...claims };
}

const refused = (expected: string, got: string) =>
  new ShardQLError('UNAUTHENTICATED', `Expected ${expected}, but got ${got}.`);
