/** What counts requests: the platform, or Durable Objects of our own. */
import { misconfigured } from '../core/misconfigured.ts';
import type { Env } from '../env.ts';
import { RATE_LIMIT_BINDINGS } from './bindings.ts';
import type { RateLimit, RateLimitName } from './options.ts';
import type { RateLimiterRpc } from './rate-limiter-object.ts';

/** What one request was answered. */
export interface Counted {
  readonly isAllowed: boolean;
  /** How many more requests would be allowed now; null: that is not known. */
  readonly remaining: number | null;
  /** Until more are allowed than now, in milliseconds. Where that is not known, until certainly all are. */
  readonly resetMs: number;
}

/** Counts one request under a key, if it is allowed. */
export type Counter = (env: Env, key: string) => Promise<Counted>;

/** @throws ShardQLError that names the binding that is missing. */
export const counterOf = (name: RateLimitName, limit: RateLimit, env: Env): Counter =>
  limit.exact ? exactCounter(name, limit, env) : platformCounter(name, limit, env);

function exactCounter(name: RateLimitName, { requests, perSeconds }: RateLimit, env: Env): Counter {
  if (env.RATE_LIMITER === undefined) {
    throw misconfigured(
      `Expected a Durable Object binding RATE_LIMITER for rateLimits.${name}, which is exact, but got none; see docs/rate-limits.md.`,
    );
  }
  return async ({ RATE_LIMITER }, key) => {
    const object = RATE_LIMITER!.getByName(`${name} ${key}`) as unknown as RateLimiterRpc;
    return await object.take(requests, perSeconds);
  };
}

/** It does not say how many are left. */
function platformCounter(name: RateLimitName, { perSeconds }: RateLimit, env: Env): Counter {
  const binding = RATE_LIMIT_BINDINGS[name];
  if (env[binding] === undefined) {
    throw misconfigured(
      `Expected a rate limiting binding ${binding} for rateLimits.${name}, but got none; see docs/rate-limits.md.`,
    );
  }
  return async (bindings, key) => {
    const { success } = await bindings[binding]!.limit({ key });
    return { isAllowed: success, remaining: null, resetMs: perSeconds * 1_000 };
  };
}
