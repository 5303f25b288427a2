import type { RateLimitName } from './options.ts';

/** The platform's bindings, each with a number and a period of its own. */
export const RATE_LIMIT_BINDINGS = {
  address: 'RATE_LIMIT_ADDRESS',
  caller: 'RATE_LIMIT_CALLER',
  claim: 'RATE_LIMIT_CLAIM',
  failedAuthentication: 'RATE_LIMIT_AUTHENTICATION',
} as const satisfies Readonly<Record<RateLimitName, string>>;
