import { type Caller, DEVELOPER, OPERATOR } from '../../shards/protocol/envelope.ts';

/** By what a caller is known: of a credential, only what is no secret. */
export interface Principal {
  readonly by: 'operator-token' | 'api-key' | 'jwt' | 'request' | 'none';
  /** Who issued the token; null: it is no token. */
  readonly issuer: string | null;
  /** The name of the API key, or the claim `sub`; null: there is none. */
  readonly name: string | null;
}

/** Who sends a request. */
export interface Identity {
  readonly caller: Caller;
  readonly principal: Principal;
  /** A developer asks as this caller, whom they have made up. Default: false. */
  readonly isMadeUp?: boolean;
}

const knownBy = (by: Principal['by']): Principal => ({ by, issuer: null, name: null });

/** The same object each time: it is taken at every request. */
export const NO_PRINCIPAL = knownBy('none');
export const OPERATOR_IDENTITY: Identity = { caller: OPERATOR, principal: knownBy('operator-token') };
export const DEVELOPER_IDENTITY: Identity = { caller: DEVELOPER, principal: NO_PRINCIPAL };

/** `sub` is a text in tokens; schemes of one's own may give another value, which is no name. */
export const subjectOf = ({ sub }: Readonly<Record<string, unknown>>): string | null =>
  typeof sub === 'string' ? sub : null;
