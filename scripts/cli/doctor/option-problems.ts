/** What is wrong with the options of `createWorker`, or open for all, as far as that shows without running it. */
import type { Unstable_Config } from 'wrangler';
import { RATE_LIMIT_BINDINGS } from '../../../src/http/rate-limits/bindings.ts';
import type { RateLimit, RateLimitName } from '../../../src/http/rate-limits/options.ts';
import { unknownRole } from '../../../src/model/access/unknown-role.ts';
import { ANONYMOUS } from '../../../src/shards/protocol/envelope.ts';
import type { Project } from './project.ts';
import type { WorkerOptions } from './worker-options.ts';

type Options = Pick<Project, 'model' | 'worker'>;

/** A limit whose counter is not bound refuses every request; one that is bound with other numbers is another limit. */
export function unboundRateLimits({ ratelimits, durable_objects }: Unstable_Config, { worker }: Options): string[] {
  const limits = Object.entries(worker.options?.rateLimits ?? {}) as [RateLimitName, RateLimit | undefined][];
  const countsExactly = durable_objects.bindings.some(({ name }) => name === 'RATE_LIMITER');
  return limits.flatMap(([name, limit]) => {
    if (limit === undefined) return [];
    if (limit.exact) {
      const problem = `Expected a Durable Object binding RATE_LIMITER for rateLimits.${name}, which is exact, but found none. Add it (docs/rate-limits.md).`;
      return countsExactly ? [] : [problem];
    }
    const binding = RATE_LIMIT_BINDINGS[name];
    const simple = (ratelimits ?? []).find((bound) => bound.name === binding)?.simple;
    if (simple === undefined)
      return [
        `Expected a binding ${binding} for rateLimits.${name}, but found none. Add it to [[ratelimits]] (docs/rate-limits.md).`,
      ];
    const isSame = simple.limit === limit.requests && simple.period === limit.perSeconds;
    return isSame
      ? []
      : [
          `Expected ${binding} to allow ${limit.requests} requests in ${limit.perSeconds} s, as rateLimits.${name} says, but got ${simple.limit} in ${simple.period} s: the platform counts by the binding. Make them equal.`,
        ];
  });
}

export function budgetsOfUnknownRoles({ model, worker }: Options): string[] {
  const cost = worker.options?.limits?.cost;
  if (typeof cost !== 'object' || cost === null) return [];
  return Object.keys(cost).flatMap((role) => unknownRole(model, role, 'a key of limits.cost', ['default']) ?? []);
}

/** Secrets of the environment are not here, so one that shows is in the source. */
export function secretsInSource({ worker }: Options): string[] {
  const { authenticate } = worker.options ?? {};
  if (typeof authenticate !== 'object') return [];
  const issuers = [authenticate.jwt ?? []].flat();
  return issuers.some(({ keys }) => typeof keys?.secret === 'string')
    ? [
        'Expected the secret of authenticate.jwt.keys to come from the environment, but it is in the source. Make authenticate a function: (env) => ({ … env.JWT_SECRET … }).',
      ]
    : [];
}

/** What a deployment may want to be open, and mostly does not. */
export function openOptions({ model, worker: { options, reason } }: Options): string[] {
  if (options === null) return [`The options of the Worker are not looked at: ${reason}.`];
  return [...withoutAuthentication(options, model), ...openToAll(options)];
}

function withoutAuthentication({ authenticate }: WorkerOptions, { roles }: Project['model']): string[] {
  const known = [...roles.keys()].filter((role) => role !== ANONYMOUS.role);
  if (authenticate !== undefined || known.length === 0) return [];
  return [
    `Consider authenticate: without it, only API keys have the roles ${known.join(', ')} (docs/authentication.md).`,
  ];
}

function openToAll({ cors, introspection, authenticate }: WorkerOptions): string[] {
  const readsRequests = typeof authenticate === 'function' || (authenticate !== undefined && 'request' in authenticate);
  return [
    ...(introspection === true
      ? ['Consider introspection: false; with true, everyone who may ask learns the schema of their role.']
      : []),
    ...(cors?.origins.includes('*')
      ? ['Consider naming origins in cors: with "*", pages of all origins read what they may ask.']
      : []),
    ...(cors?.credentials === true && !readsRequests
      ? [
          'Consider leaving cors.credentials out: no scheme of your own (authenticate.request) reads the cookies that it lets pages send.',
        ]
      : []),
  ];
}
