import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { report } from '../../events/report.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { HttpError } from '../core/http-error.ts';
import { isLoopback } from '../core/loopback.ts';
import { misconfigured } from '../core/misconfigured.ts';
import type { JwtOptions } from './options.ts';

const DEFAULT_LEEWAY_SECONDS = 30;
const MAX_LEEWAY_SECONDS = 300;
/** A secret that is shorter than the hash of HS256 can be guessed from a token (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32;

/** Signatures by a shared secret, and by key pairs. `none` is neither. */
const HMAC = /^HS(256|384|512)$/;
const KEY_PAIR = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/;

/**
 * One part of a token, in the one form that its bytes have: without padding, and with zeros for the last bits that carry nothing. Others
 * would be further texts of the same token.
 */
const PART = String.raw`(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?`;
const FORM = new RegExp(`^${PART}\\.${PART}\\.${PART}$`);

interface Issuer {
  readonly key: JWTVerifyGetKey;
  readonly options: JWTVerifyOptions;
  readonly leewaySeconds: number;
}

/** What a token that was verified says, and until when. */
interface VerifiedToken {
  readonly claims: JWTPayload;
  /** When it ends, in milliseconds since 1970, leeway included. */
  readonly endsAtMs: number;
}

/** Verifies JSON Web Tokens of the issuers that are configured. One per isolate: key sets are fetched once for all requests. */
export class JwtVerifier {
  readonly #issuers: ReadonlyMap<string, Issuer>;

  /** @throws ShardQLError that names the option that is wrong. */
  constructor(issuers: readonly JwtOptions[]) {
    this.#issuers = new Map(issuers.map((options) => [options.issuer, checkedIssuer(options)]));
    if (this.#issuers.size === issuers.length) return;
    throw misconfigured(
      'Expected each authenticate.jwt.issuer once, but got one twice: a token is verified by its issuer.',
    );
  }

  /**
   * @returns null if the text is no token of an issuer that is known here.
   * @throws ShardQLError UNAUTHENTICATED if it is one, and not valid.
   */
  async verify(token: string): Promise<VerifiedToken | null> {
    const issuer = FORM.test(token) ? this.#issuers.get(issuerOf(token) ?? '') : undefined;
    if (issuer === undefined) return null;
    const { key, options, leewaySeconds } = issuer;
    const { payload } = await jwtVerify(token, key, options).catch((error: unknown) => {
      throw refusal(error);
    });
    // The library looks at it only where tokens have an age.
    if (payload.iat! > Date.now() / 1_000 + leewaySeconds) throw refused('one that is issued in the future');
    return { claims: payload, endsAtMs: (payload.exp! + leewaySeconds) * 1_000 };
  }
}

/** Read without being verified: it says only by whose keys to verify. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function checkedIssuer({ keys, algorithms, issuer, audience, leewaySeconds }: JwtOptions): Issuer {
  const leeway = leewaySeconds ?? DEFAULT_LEEWAY_SECONDS;
  if (!(leeway >= 0 && leeway <= MAX_LEEWAY_SECONDS)) {
    throw misconfigured(
      `Expected authenticate.jwt.leewaySeconds to be 0 to ${MAX_LEEWAY_SECONDS}, but got ${leewaySeconds}.`,
    );
  }
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (typeof value !== 'string' || value === '') {
      throw misconfigured(`Expected authenticate.jwt.${name} to be a text, but got ${JSON.stringify(value)}.`);
    }
  }
  const isShared = 'secret' in keys;
  const fitting = isShared ? HMAC : KEY_PAIR;
  if (!Array.isArray(algorithms) || algorithms.length === 0 || !algorithms.every((name) => fitting.test(name))) {
    throw misconfigured(
      `Expected authenticate.jwt.algorithms to be names such as ${isShared ? 'HS256' : 'RS256 or ES256'}, ` +
        `but got ${JSON.stringify(algorithms)}.`,
    );
  }
  return {
    key: isShared ? sharedKey(keys.secret) : remoteKeys(keys.jwksUrl),
    options: {
      algorithms: [...algorithms],
      issuer,
      audience,
      clockTolerance: leeway,
      // Without an end a token that was stolen is good for ever.
      requiredClaims: ['exp'],
    },
    leewaySeconds: leeway,
  };
}

function sharedKey(secret: string): JWTVerifyGetKey {
  const bytes = new TextEncoder().encode(secret ?? '');
  if (bytes.length < MIN_SECRET_BYTES) {
    throw misconfigured(
      `Expected authenticate.jwt.keys.secret to have at least ${MIN_SECRET_BYTES} bytes, but got ${bytes.length}.`,
    );
  }
  return async () => bytes;
}

function remoteKeys(jwksUrl: string): JWTVerifyGetKey {
  const url = URL.canParse(jwksUrl) ? new URL(jwksUrl) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (!isSafe) {
    throw misconfigured(`Expected authenticate.jwt.keys.jwksUrl to be an https address, but got "${jwksUrl}".`);
  }
  return createRemoteJWKSet(url!);
}

/** In one's own words: those of the library name its classes. */
function refusal(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return refused('one that has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return refused(
      error.reason === 'missing' ? `one that has no ${error.claim}` : `one whose ${error.claim} does not fit`,
    );
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('one with another signature');
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('one with a signature of another algorithm');
  if (error instanceof errors.JWKSNoMatchingKey) return refused('one signed by a key that its issuer does not name');
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return refused('one that does not say by which key of its issuer it is signed');
  }
  if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && isOfToken(error)) {
    return refused('one that cannot be read');
  }
  report({ type: 'jwks-not-fetched', error });
  return new HttpError(
    503,
    'UNAUTHENTICATED',
    'Expected the keys of the token’s issuer, but they cannot be fetched; try again in a moment.',
    { 'retry-after': '5' },
  );
}

/** Whether the token is to blame, and not the key set or the network. */
const isOfToken = ({ code }: { readonly code: string }): boolean =>
  !code.startsWith('ERR_JWKS') && code !== 'ERR_JOSE_GENERIC';

const refused = (got: string) => new ShardQLError('UNAUTHENTICATED', `Expected a valid token, but got ${got}.`);
