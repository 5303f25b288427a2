/** How many requests are answered. */
import { misconfigured } from '../core/misconfigured.ts';

export interface RateLimit {
  /** How many requests are answered within `perSeconds`, 1 to 1,000,000. */
  readonly requests: number;
  /** Counted by the platform, 10 or 60; exactly, 1 to 86,400. */
  readonly perSeconds: number;
  /**
   * True: a Durable Object counts, for all locations together, and `requests` is never exceeded; each request waits for it. False: the
   * platform counts, in each of its locations, at hardly any cost, and approximately. Default false.
   */
  readonly exact?: boolean;
}

/** Requests to `/graphql` that one party may send; absent: any number. Operators may send any number. */
export interface RateLimitOptions {
  /** Of one address: for IPv6, of a network of 64 bits. Binding `RATE_LIMIT_ADDRESS`. */
  readonly address?: RateLimit;
  /** Of one API key, or of one subject (`sub`) of an issuer. Those without a credential have their address alone. Binding `RATE_LIMIT_CALLER`. */
  readonly caller?: RateLimit;
  /** Of all callers with the same value of the claim `name`, such as the shard key that they belong to. Binding `RATE_LIMIT_CLAIM`. */
  readonly claim?: RateLimit & { readonly name: string };
  /**
   * Credentials of one address that are not valid, on all paths. Beyond it, credentials from there are refused without being verified, but
   * for those that the isolate remembers. Binding `RATE_LIMIT_AUTHENTICATION`.
   */
  readonly failedAuthentication?: RateLimit;
}

export type RateLimitName = keyof RateLimitOptions;

const NAMES: readonly RateLimitName[] = ['address', 'caller', 'claim', 'failedAuthentication'];
const MAX_REQUESTS = 1_000_000;
const MAX_EXACT_SECONDS = 86_400;
/** What the platform's binding takes. */
const PLATFORM_SECONDS: readonly number[] = [10, 60];

/** @throws ShardQLError that names the option that is wrong. */
export function checkRateLimits(options: RateLimitOptions): void {
  for (const [name, limit] of Object.entries(options)) {
    if (!NAMES.includes(name as RateLimitName)) {
      throw misconfigured(`Expected rateLimits to be ${NAMES.join(', ')}, but got ${name}.`);
    }
    if (limit !== undefined) checkLimit(`rateLimits.${name}`, limit);
  }
  const name: unknown = options.claim?.name;
  if (options.claim && (typeof name !== 'string' || name === '')) {
    throw misconfigured(`Expected rateLimits.claim.name to name a claim, but got ${JSON.stringify(name)}.`);
  }
}

function checkLimit(name: string, { requests, perSeconds, exact = false }: RateLimit): void {
  if (!isWhole(requests, MAX_REQUESTS)) {
    throw misconfigured(
      `Expected ${name}.requests to be a whole number from 1 to ${MAX_REQUESTS}, but got ${requests}.`,
    );
  }
  if (exact ? isWhole(perSeconds, MAX_EXACT_SECONDS) : PLATFORM_SECONDS.includes(perSeconds)) return;
  const expected = exact ? `a whole number from 1 to ${MAX_EXACT_SECONDS}` : '10 or 60, unless it is exact';
  throw misconfigured(`Expected ${name}.perSeconds to be ${expected}, but got ${perSeconds}.`);
}

const isWhole = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;
