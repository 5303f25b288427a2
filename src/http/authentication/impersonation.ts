import { ShardQLError } from '../../shards/errors.ts';
import { AS_HEADER } from '../core/headers.ts';
import { parseCaller } from './caller-text.ts';
import { DEVELOPER_IDENTITY, type Identity } from './identity.ts';

/**
 * The identity as which the request asks to be answered: who has the developer role may be anybody, to see what they may.
 *
 * @param identity by the request's credential, or for want of one.
 * @throws ShardQLError FORBIDDEN for anyone but the developer; BAD_USER_INPUT for another form of the header.
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
  return { ...identity, caller: parseCaller(header, AS_HEADER), isMadeUp: true };
}
