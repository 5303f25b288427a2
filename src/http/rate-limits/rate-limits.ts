import { report } from '../../events/report.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { sha256, toHex } from '../../lib/hex.ts';
import { inTime, systemTimers } from '../../lib/timers.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { holderOf } from '../../shards/protocol/envelope.ts';
import type { Identity } from '../authentication/identity.ts';
import { isOperator } from '../authentication/require-operator.ts';
import { clientAddress } from '../core/client-address.ts';
import { HttpError } from '../core/http-error.ts';
import type { Env } from '../env.ts';
import { type Counted, type Counter, counterOf } from './counters.ts';
import { checkRateLimits, type RateLimit, type RateLimitName, type RateLimitOptions } from './options.ts';

/** Fields of the IETF's draft on rate limits (draft-ietf-httpapi-ratelimit-headers), which clients may go by. */
export const RATE_LIMIT_HEADERS = ['ratelimit', 'ratelimit-policy'] as const;

type Headers = Readonly<Record<string, string>>;

/** Longer keys go by their hash. */
const MAX_KEY_CHARACTERS = 200;
/** Keys whose refusal an isolate remembers. */
const MAX_REFUSED_KEYS = 10_000;
/** A counter that takes longer is as one that fails. */
const PATIENCE_MS = 500;
/** Between two reports of counters that fail, which every request may meet. */
const REPORT_EVERY_MS = 60_000;

interface Rule extends RateLimit {
  readonly name: RateLimitName;
  readonly count: Counter;
}

interface Asked {
  readonly request: Request;
  readonly env: Env;
}

/**
 * How many requests are answered, by address, caller and claim. One per isolate, which remembers who is refused until when: who goes on
 * costs no counter a call. A counter that fails or is slow refuses nobody: it is reported, and the API stays up.
 */
export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #rules: ReadonlyMap<RateLimitName, Rule>;
  /** Until when, in milliseconds since 1970. */
  readonly #refusedUntil = new BoundedMap<string, number>(MAX_REFUSED_KEYS);
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  /** @throws ShardQLError that names the option that is wrong, or the binding that is missing. */
  constructor(options: RateLimitOptions, env: Env) {
    checkRateLimits(options);
    this.#options = options;
    const given = Object.entries(options) as [RateLimitName, RateLimit | undefined][];
    this.#rules = new Map(
      given.flatMap(([name, limit]) =>
        limit === undefined ? [] : [[name, { ...limit, name, count: counterOf(name, limit, env) }]],
      ),
    );
  }

  /**
   * Counts a request to the API. One limit after another: what a caller's own limit refuses is not counted against those who have the same claim.
   *
   * @returns what the answer says of the limits.
   * @throws HttpError RATE_LIMITED
   */
  async take({ request, env }: Asked, identity: Identity): Promise<Headers> {
    if (isOperator(identity.caller)) return NO_HEADERS;
    const policies: string[] = [];
    const states: string[] = [];
    for (const [name, key] of this.#keysOf(request, identity)) {
      const rule = this.#rules.get(name);
      if (rule === undefined) continue;
      const counted = await this.#count(rule, key, env);
      policies.push(policyOf(rule));
      if (counted !== null && counted.remaining !== null)
        states.push(stateOf(rule, counted.remaining, counted.resetMs));
    }
    return headersOf(policies, states);
  }

  /**
   * Authenticates, unless too many credentials from the request's address were not valid; and counts one that is not.
   *
   * @throws HttpError RATE_LIMITED
   */
  async authenticate(
    { request, env }: Asked,
    authenticate: (beforeVerifying: () => void) => Identity | Promise<Identity>,
  ): Promise<Identity> {
    const rule = this.#rules.get('failedAuthentication');
    if (rule === undefined) return await authenticate(() => {});
    const key = clientAddress(request);
    try {
      return await authenticate(() => this.#requireNotRefused(rule, key));
    } catch (error) {
      const isFailure = error instanceof ShardQLError && error.code === 'UNAUTHENTICATED' && !isOutage(error);
      if (isFailure) await this.#count(rule, key, env);
      throw error;
    }
  }

  /** Callers without a credential have their address alone. */
  *#keysOf(request: Request, { caller, principal }: Identity): Iterable<[RateLimitName, string]> {
    yield ['address', clientAddress(request)];
    const { by, issuer, name } = principal;
    if (by !== 'none') yield ['caller', canonicalJson([by, issuer, name ?? holderOf(caller)])];
    const claim = this.#options.claim && caller.claims[this.#options.claim.name];
    if (claim !== undefined && claim !== null) yield ['claim', canonicalJson(claim)];
  }

  /** Null: the counter failed. */
  async #count(rule: Rule, key: string, env: Env): Promise<Counted | null> {
    const short = key.length <= MAX_KEY_CHARACTERS ? key : toHex(await sha256(key));
    this.#requireNotRefused(rule, short);
    const counted = await inTime(systemTimers, rule.count(env, short), PATIENCE_MS, late).catch((error: unknown) => {
      this.#reportFailure(rule, error);
      return null;
    });
    if (counted === null || counted.isAllowed) return counted;
    // How long the platform refuses is not known; only of credentials is the whole period a fair answer.
    if (rule.exact || rule.name === 'failedAuthentication') {
      this.#refusedUntil.set(`${rule.name} ${short}`, Date.now() + counted.resetMs);
    }
    throw refusal(rule, counted.resetMs);
  }

  #requireNotRefused(rule: Rule, key: string): void {
    const name = `${rule.name} ${key}`;
    const untilMs = this.#refusedUntil.get(name);
    if (untilMs === undefined) return;
    const leftMs = untilMs - Date.now();
    if (leftMs > 0) throw refusal(rule, leftMs);
    this.#refusedUntil.delete(name);
  }

  #reportFailure({ name }: Rule, error: unknown): void {
    const nowMs = Date.now();
    if (nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    report({ type: 'rate-limit-not-counted', limit: name, error });
  }
}

const NO_HEADERS: Headers = {};

const late = async (): Promise<never> => {
  throw new Error(`Expected a count within ${PATIENCE_MS} ms, but got none.`);
};

/** The issuer cannot be reached: no fault of the token. */
const isOutage = (error: ShardQLError): boolean => error instanceof HttpError && error.status === 503;

function refusal(rule: Rule, resetMs: number): HttpError {
  const { name, requests, perSeconds } = rule;
  const retryAfterMs = Math.max(1, Math.ceil(resetMs));
  return new HttpError(
    429,
    'RATE_LIMITED',
    `Expected at most ${requests} ${WHAT[name]} in ${perSeconds} s, but got more. Try again in ${toSeconds(retryAfterMs)} s.`,
    {
      'retry-after': String(toSeconds(retryAfterMs)),
      ...headersOf([policyOf(rule)], [stateOf(rule, 0, retryAfterMs)]),
    },
    { retryable: true, retryAfterMs },
  );
}

const WHAT: Readonly<Record<RateLimitName, string>> = {
  address: 'requests from an address',
  caller: 'requests from a caller',
  claim: 'requests from all callers who share a claim, such as their tenant,',
  failedAuthentication: 'invalid credentials from an address',
};

const headersOf = (policies: readonly string[], states: readonly string[]): Headers => ({
  ...(policies.length > 0 && { 'ratelimit-policy': policies.join(', ') }),
  ...(states.length > 0 && { ratelimit: states.join(', ') }),
});

const policyOf = ({ name, requests, perSeconds }: Rule): string => `"${name}";q=${requests};w=${perSeconds}`;

const stateOf = ({ name }: Rule, remaining: number, resetMs: number): string =>
  `"${name}";r=${remaining};t=${toSeconds(resetMs)}`;

const toSeconds = (ms: number): number => Math.ceil(ms / 1_000);
