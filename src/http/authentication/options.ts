/** What a Worker may be told about its callers. */
import type { Env } from '../env.ts';

/** What a credential says of who sends it: the payload of a JWT, say. Not to be trusted before it is verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who a caller is, as access rules know it. */
export interface CallerClaims {
  /** A role of the application's own, or `operator`, who may do everything. */
  readonly role: string;
  readonly [claim: string]: unknown;
}

/** JSON Web Tokens of one issuer, sent as `Authorization: Bearer …`. */
export interface JwtOptions {
  /**
   * With what tokens are verified: the address of the issuer's JSON Web Key Set (https, or http on this machine), which is
   * fetched when a key is first needed and again for keys that it did not hold, at most every 30 s; or the secret that
   * both sides share, of at least 32 bytes.
   */
  readonly keys: { readonly jwksUrl: string } | { readonly secret: string };
  /** Signatures that are accepted, such as `RS256`: others are refused, whatever a token's header says. */
  readonly algorithms: readonly string[];
  /** What `iss` has to be. */
  readonly issuer: string;
  /** What `aud` has to be, or to hold. */
  readonly audience: string;
  /** By how much clocks may differ when `exp`, `nbf` and `iat` are checked, in seconds, 0 to 300. Default 30. */
  readonly leewaySeconds?: number;
}

/** How callers are authenticated. Without it, only API keys and the operators' token are known. */
/** `Bindings`: the environment as the user declares it. */
export interface AuthenticateOptions<Bindings extends Env = Env> {
  /** One issuer, or several: a token goes by its `iss`. */
  readonly jwt?: JwtOptions | readonly JwtOptions[];
  /**
   * A scheme of your own, such as a cookie: the claims of a request that has no API key and no JWT of an issuer above. Null:
   * it says nothing of its caller. What it throws refuses the request; a `ShardQLError` is shown, other errors are masked.
   */
  readonly request?: (request: Request, env: Bindings) => Claims | null | Promise<Claims | null>;
  /**
   * Who claims are of; null: nobody who is let in. The only way to the role `operator` for those who have no API key. Default:
   * the claims as they are, with the role that their `role` names.
   */
  readonly caller?: (claims: Claims) => CallerClaims | null;
  /** How long an isolate goes by what it knows of an API key, in seconds, 0 to 300: a revoked one is refused by then. Default 30. */
  readonly apiKeySeconds?: number;
}
