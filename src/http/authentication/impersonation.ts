import { ShardQLError } from '../../shards/errors.ts';
import { ANONYMOUS, isRoleName, ROLES_WITHOUT_CREDENTIAL } from '../../shards/protocol/envelope.ts';
import { AS_HEADER } from '../core/headers.ts';
import { HttpError } from '../core/http-error.ts';
import { DEVELOPER_IDENTITY, type Identity } from './identity.ts';
import type { Claims } from './options.ts';

const FORM = /^(?<role>\S+)(?:\s+(?<claims>.+))?$/;
const EXPECTED = `${AS_HEADER}: <role> {claims as JSON}, such as member {"memberId":"m1"}`;

/**
 * The identity as which the request asks to be answered: who has the developer role may be anybody, to see what they may. Claims are
 * those of a caller, as after the mapping of a credential.
 *
 * @param identity by the request's credential, or for want of one.
 * @throws ShardQLError FORBIDDEN for anyone but the developer; BAD_USER_INPUT (400) for another form of the header.
 */
export function impersonated(request: Request, identity: Identity): Identity {
  const header = request.headers.get(AS_HEADER);
  if (header === null) return identity;
  if (identity !== DEVELOPER_IDENTITY) {
    throw new ShardQLError(
      'FORBIDDEN',
      `Expected no ${AS_HEADER}, but got one: it is for requests without a credential on your own machine, where the developer role is open.`,
    );
  }
  const { role, claims } = FORM.exec(header)?.groups ?? {};
  if (role === undefined || !isRoleName(role)) throw bad(EXPECTED, header);
  if (ROLES_WITHOUT_CREDENTIAL.has(role) && role !== ANONYMOUS.role) {
    throw bad(`a role of the model, operator or anonymous in ${AS_HEADER} (without it you are the developer)`, role);
  }
  return { ...identity, caller: { role, claims: claims === undefined ? {} : parseClaims(claims) } };
}

function parseClaims(text: string): Claims {
  const claims = parsed(text);
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) throw bad(EXPECTED, text);
  if (Object.hasOwn(claims, 'role')) throw bad(`the role before the claims in ${AS_HEADER}`, text);
  return claims as Claims;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const bad = (expected: string, got: string) =>
  new HttpError(400, 'BAD_USER_INPUT', `Expected ${expected}, but got ${JSON.stringify(got.slice(0, 100))}.`);
