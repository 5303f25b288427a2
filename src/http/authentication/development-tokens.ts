import type { Caller } from '../../shards/protocol/envelope.ts';
import { parseCaller } from './caller-text.ts';

/**
 * The issuer of tokens for one's own machine, so that a client can be tried with a credential before there is an issuer. Anyone can sign
 * them, since the secret is public. It is trusted where the developer role is open alone: there, who sends no credential may do more.
 */
export const DEVELOPMENT_TOKENS = {
  issuer: 'shardql:development',
  audience: 'shardql:development',
  algorithms: ['HS256'],
  keys: { secret: 'no secret: whoever reads this may sign tokens for their own machine' },
} as const;

/** The claim that says whose token it is, in the form of `x-shardql-as`. */
export const CALLER_CLAIM = 'caller';

/** @throws ShardQLError BAD_USER_INPUT for one that names none. */
export function callerOfDevelopmentToken({ [CALLER_CLAIM]: caller }: Readonly<Record<string, unknown>>): Caller {
  return parseCaller(typeof caller === 'string' ? caller : '', 'the token’s caller');
}
