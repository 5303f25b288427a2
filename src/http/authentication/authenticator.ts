import { report } from '../../events/report.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { hashOfSecret, isApiKeyText } from '../../shards/api-key.ts';
import type { ApiKeys } from '../../shards/client/api-keys.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { ANONYMOUS } from '../../shards/protocol/envelope.ts';
import { misconfigured } from '../core/misconfigured.ts';
import type { Env, Settings } from '../env.ts';
import { bearerToken } from './bearer-token.ts';
import { callerOfClaims } from './caller-of-claims.ts';
import { callerOfDevelopmentToken, DEVELOPMENT_TOKENS } from './development-tokens.ts';
import {
  DEVELOPER_IDENTITY,
  type Identity,
  NO_PRINCIPAL,
  OPERATOR_IDENTITY,
  type Principal,
  subjectOf,
} from './identity.ts';
import { impersonated } from './impersonation.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import type { AuthenticateOptions, Claims } from './options.ts';
import { requireOwnMachine } from './own-machine.ts';

/** A credential that was verified. */
interface Remembered {
  readonly identity: Identity;
  /** When it has to be verified again, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** What a remembered credential takes for each of its characters, about: its text, and its claims. */
const BYTES_PER_CHARACTER = 4;
const DEFAULT_API_KEY_SECONDS = 30;
const MAX_API_KEY_SECONDS = 300;

const HOW_TO_CONFIGURE =
  'Expected authentication to be configured, but got none, so every request is refused. ' +
  'Set the secret SHARDQL_OPERATOR_TOKEN for operators and API keys, and give createWorker the option authenticate for ' +
  'your users (docs/authentication.md). On your own machine, SHARDQL_DEVELOPMENT=true gives every caller the developer role.';

/** A request, with what belongs to it alone. */
interface Asked {
  readonly request: Request;
  readonly url: Pick<URL, 'hostname'>;
  readonly env: Env;
  /** Keys of this request's deployment. */
  readonly apiKeys: () => ApiKeys;
  /** Called before a credential that is not remembered is verified. What it throws refuses the request. */
  readonly beforeVerifying?: () => void;
}

/**
 * Tells who sends a request. One per isolate: it remembers credentials, in bounded memory. Verified tokens are good until they end;
 * an API key is looked up again after `apiKeySeconds`, so a revoked one is refused by then.
 */
export class Authenticator {
  readonly #settings: Settings;
  readonly #options: AuthenticateOptions | undefined;
  readonly #tokens: JwtVerifier;
  /** Null: they are not known here. */
  readonly #developmentTokens: JwtVerifier | null;
  readonly #apiKeyMs: number;
  /** By `Bearer <token>`. */
  readonly #remembered = new BoundedMap<string, Remembered>(MEMORY.credentials);
  #hasReported = false;

  /** @throws ShardQLError that names the option that is wrong. */
  constructor(settings: Settings, options: AuthenticateOptions | undefined) {
    const { jwt = [], apiKeySeconds = DEFAULT_API_KEY_SECONDS } = options ?? {};
    if (!(apiKeySeconds >= 0 && apiKeySeconds <= MAX_API_KEY_SECONDS)) {
      throw misconfigured(
        `Expected authenticate.apiKeySeconds to be 0 to ${MAX_API_KEY_SECONDS}, but got ${apiKeySeconds}.`,
      );
    }
    this.#settings = settings;
    this.#options = options;
    this.#tokens = new JwtVerifier('issuer' in jwt ? [jwt] : jwt);
    this.#developmentTokens = settings.isDevelopment ? new JwtVerifier([DEVELOPMENT_TOKENS]) : null;
    this.#apiKeyMs = apiKeySeconds * 1_000;
  }

  /**
   * Who sends the request; at once where nothing has to be verified.
   *
   * @throws ShardQLError UNAUTHENTICATED for a credential that is not valid, and for every request where nothing is configured;
   * FORBIDDEN or BAD_USER_INPUT where another caller is asked for than may be.
   */
  authenticate(asked: Asked): Identity | Promise<Identity> {
    const identity = this.#identify(asked);
    return identity instanceof Promise
      ? identity.then((identified) => impersonated(asked.request, identified))
      : impersonated(asked.request, identity);
  }

  #identify(asked: Asked): Identity | Promise<Identity> {
    const { request, url } = asked;
    const { isDevelopment } = this.#settings;
    if (isDevelopment) requireOwnMachine(request, url);
    else this.#requireConfigured();
    const header = request.headers.get('authorization');
    const known = header === null ? null : this.#identityOf(header);
    if (known !== null) return known;
    const token = header === null ? null : bearerToken(header);
    if (token === null && !this.#options?.request) return this.#withoutCredential();
    return token === null ? this.#askHook(asked) : this.#verify(token, asked);
  }

  /** By the header as most clients write it: to look into it costs more than to look it up. Null: to be verified. */
  #identityOf(header: string): Identity | null {
    const remembered = this.#remembered.use(header);
    return remembered !== undefined && Date.now() < remembered.untilMs ? remembered.identity : null;
  }

  #requireConfigured(): void {
    if (this.#options !== undefined || this.#settings.operatorToken !== null) return;
    if (!this.#hasReported) report({ type: 'authentication-missing', message: HOW_TO_CONFIGURE });
    this.#hasReported = true;
    throw new ShardQLError('UNAUTHENTICATED', 'Expected authentication to be configured, but got none; see the log.');
  }

  #withoutCredential(): Identity {
    return this.#settings.isDevelopment ? DEVELOPER_IDENTITY : ANONYMOUS_IDENTITY;
  }

  async #verify(token: string, asked: Asked): Promise<Identity> {
    // However a client writes it: one token is remembered once.
    const header = `Bearer ${token}`;
    const known = this.#identityOf(header);
    if (known !== null) return known;
    asked.beforeVerifying?.();
    const hash = await hashOfSecret(token);
    const verified =
      (await this.#operator(hash)) ??
      (await this.#apiKey(token, hash, asked)) ??
      (await this.#jwt(token)) ??
      (await this.#developmentToken(token));
    if (verified !== null) {
      this.#remembered.set(header, verified, BYTES_PER_CHARACTER * header.length);
      return verified.identity;
    }
    const claims = await this.#options?.request?.(asked.request, asked.env);
    if (claims) return this.#ofClaims(claims, 'request', null);
    // Never anonymous: a caller that sends a credential expects to be recognized by it.
    throw new ShardQLError('UNAUTHENTICATED', 'Expected a credential that is known here, but got another.');
  }

  async #askHook({ request, env, beforeVerifying }: Asked): Promise<Identity> {
    beforeVerifying?.();
    const claims = await this.#options!.request!(request, env);
    return claims ? this.#ofClaims(claims, 'request', null) : this.#withoutCredential();
  }

  /** Hashes are compared: how long that takes tells nothing of the token. */
  async #operator(hash: string): Promise<Remembered | null> {
    const { operatorToken } = this.#settings;
    if (operatorToken === null) return null;
    return hash === (await hashOfSecret(operatorToken))
      ? { identity: OPERATOR_IDENTITY, untilMs: Number.POSITIVE_INFINITY }
      : null;
  }

  async #apiKey(token: string, hash: string, { apiKeys }: Asked): Promise<Remembered | null> {
    if (!isApiKeyText(token)) return null;
    const key = await apiKeys().find(hash);
    const now = Date.now();
    const { expiresAtMs, revokedAtMs } = key ?? { expiresAtMs: null, revokedAtMs: null };
    if (key === null || revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= now)) {
      throw new ShardQLError('UNAUTHENTICATED', 'Expected an API key that is valid, but got one that is not.');
    }
    return {
      identity: {
        caller: { role: key.role, claims: key.claims },
        principal: { by: 'api-key', issuer: null, name: key.name },
      },
      untilMs: Math.min(now + this.#apiKeyMs, expiresAtMs ?? Number.POSITIVE_INFINITY),
    };
  }

  async #jwt(token: string): Promise<Remembered | null> {
    const verified = await this.#tokens.verify(token);
    if (verified === null) return null;
    const { claims, endsAtMs } = verified;
    return { identity: this.#ofClaims(claims, 'jwt', claims.iss ?? null), untilMs: endsAtMs };
  }

  async #developmentToken(token: string): Promise<Remembered | null> {
    const verified = (await this.#developmentTokens?.verify(token)) ?? null;
    if (verified === null) return null;
    const { claims, endsAtMs } = verified;
    const principal: Principal = { by: 'jwt', issuer: DEVELOPMENT_TOKENS.issuer, name: null };
    return { identity: { caller: callerOfDevelopmentToken(claims), principal }, untilMs: endsAtMs };
  }

  #ofClaims(claims: Claims, by: Principal['by'], issuer: string | null): Identity {
    const caller = callerOfClaims(claims, this.#options?.caller);
    return { caller, principal: { by, issuer, name: subjectOf(claims) } };
  }
}

const ANONYMOUS_IDENTITY: Identity = { caller: ANONYMOUS, principal: NO_PRINCIPAL };
