import { report } from '../../events/report.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { hashOfSecret, isApiKeyText } from '../../shards/api-key.ts';
import type { ApiKeys } from '../../shards/client/api-keys.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { ANONYMOUS, type Caller, DEVELOPER, OPERATOR } from '../../shards/protocol/envelope.ts';
import { misconfigured } from '../core/misconfigured.ts';
import type { Env, Settings } from '../env.ts';
import { bearerToken } from './bearer-token.ts';
import { callerOfClaims } from './caller-of-claims.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import type { AuthenticateOptions, Claims } from './options.ts';
import { requireOwnMachine } from './own-machine.ts';

/** A credential that was verified. */
interface Remembered {
  readonly caller: Caller;
  /** When it has to be verified again, in milliseconds since 1970. */
  readonly untilMs: number;
}

/** Characters of credentials that an isolate remembers. */
const REMEMBERED_CHARACTERS = 4_000_000;
const DEFAULT_API_KEY_SECONDS = 30;
const MAX_API_KEY_SECONDS = 300;

const HOW_TO_CONFIGURE =
  'Expected authentication to be configured, but got none, so every request is refused. ' +
  'Set the secret SHARDQL_OPERATOR_TOKEN for operators and API keys, and give createWorker the option authenticate for ' +
  'your users (docs/authentication.md). On your own machine, SHARDQL_DEVELOPMENT=true gives every caller the developer role.';

/** A request, with what belongs to it alone. */
interface Asked {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  /** Keys of this request's deployment. */
  readonly apiKeys: () => ApiKeys;
}

/**
 * Tells who sends a request. One per isolate: it remembers credentials, in bounded memory. Verified tokens are good until they end;
 * an API key is looked up again after `apiKeySeconds`, so a revoked one is refused by then.
 */
export class Authenticator {
  readonly #settings: Settings;
  readonly #options: AuthenticateOptions | undefined;
  readonly #tokens: JwtVerifier;
  readonly #apiKeyMs: number;
  readonly #remembered = new BoundedMap<string, Remembered>(REMEMBERED_CHARACTERS);
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
    this.#apiKeyMs = apiKeySeconds * 1_000;
  }

  /**
   * The caller; at once where nothing has to be verified.
   *
   * @throws ShardQLError UNAUTHENTICATED for a credential that is not valid, and for every request where nothing is configured.
   */
  authenticate(asked: Asked): Caller | Promise<Caller> {
    const { request, url } = asked;
    const { isDevelopment } = this.#settings;
    if (isDevelopment) requireOwnMachine(request, url);
    else this.#requireConfigured();
    const token = bearerToken(request);
    const remembered = token === null ? undefined : this.#remembered.use(token);
    if (remembered !== undefined && Date.now() < remembered.untilMs) return remembered.caller;
    if (token !== null) return this.#verify(token, asked);
    if (this.#options?.request) return this.#askHook(asked);
    return this.#withoutCredential();
  }

  #requireConfigured(): void {
    if (this.#options !== undefined || this.#settings.operatorToken !== null) return;
    if (!this.#hasReported) report({ type: 'authentication-missing', message: HOW_TO_CONFIGURE });
    this.#hasReported = true;
    throw new ShardQLError('UNAUTHENTICATED', 'Expected authentication to be configured, but got none; see the log.');
  }

  #withoutCredential(): Caller {
    return this.#settings.isDevelopment ? DEVELOPER : ANONYMOUS;
  }

  async #verify(token: string, asked: Asked): Promise<Caller> {
    const hash = await hashOfSecret(token);
    const verified =
      (await this.#operator(hash)) ?? (await this.#apiKey(token, hash, asked)) ?? (await this.#jwt(token));
    if (verified !== null) {
      this.#remembered.set(token, verified, token.length);
      return verified.caller;
    }
    const claims = await this.#options?.request?.(asked.request, asked.env);
    if (claims) return this.#callerOf(claims);
    // Never anonymous: a caller that sends a credential expects to be recognized by it.
    throw new ShardQLError('UNAUTHENTICATED', 'Expected a credential that is known here, but got another.');
  }

  async #askHook({ request, env }: Asked): Promise<Caller> {
    const claims = await this.#options!.request!(request, env);
    return claims ? this.#callerOf(claims) : this.#withoutCredential();
  }

  /** Hashes are compared: how long that takes tells nothing of the token. */
  async #operator(hash: string): Promise<Remembered | null> {
    const { operatorToken } = this.#settings;
    if (operatorToken === null) return null;
    return hash === (await hashOfSecret(operatorToken))
      ? { caller: OPERATOR, untilMs: Number.POSITIVE_INFINITY }
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
      caller: { role: key.role, claims: key.claims },
      untilMs: Math.min(now + this.#apiKeyMs, expiresAtMs ?? Number.POSITIVE_INFINITY),
    };
  }

  async #jwt(token: string): Promise<Remembered | null> {
    const verified = await this.#tokens.verify(token);
    return verified && { caller: this.#callerOf(verified.claims), untilMs: verified.endsAtMs };
  }

  #callerOf = (claims: Claims): Caller => callerOfClaims(claims, this.#options?.caller);
}
