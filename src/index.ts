/** The public entry: makes Workers of a model. */
import { type Api, type ApiOptions, createApi } from './create-api.ts';
import { createStorage, type Storage, type StorageOptions } from './create-storage.ts';
import type { Env } from './http/env.ts';

export type { CacheSettings } from './cache/settings.ts';
export { type Api, type ApiOptions, createApi } from './create-api.ts';
export { createStorage, type Storage, type StorageOptions } from './create-storage.ts';
export type { AuthenticateOptions, CallerClaims, Claims, JwtOptions } from './http/authentication/options.ts';
export type { CorsOptions } from './http/core/cors.ts';
export type { Env } from './http/env.ts';
export type { PersistedManifest, PersistedOptions } from './http/graphql/persisted-documents.ts';
export type { RequestLimits } from './http/graphql/request-limits.ts';
export type { McpOptions } from './http/mcp/options.ts';
export type { RateLimit, RateLimitOptions } from './http/rate-limits/options.ts';
export * from './model-entry.ts';
export { defineExtensions, type Extensions } from './schema/extend/define-extensions.ts';
export { ExtensionError } from './schema/extend/extension-error.ts';
export type { CapacitySettings } from './shards/capacity.ts';
export type { RouterSettings } from './shards/client/settings.ts';
export { type ErrorCode, ShardQLError } from './shards/errors.ts';
export type { LogSettings } from './shards/log-settings.ts';

/** Those of both Workers. */
export interface WorkerOptions<Bindings extends Env = Env> extends ApiOptions<Bindings>, StorageOptions {}

/** What a Worker exports that is both. */
export interface Worker<Bindings extends Env = Env> extends Omit<Storage, 'handlers'> {
  readonly handlers: Api<Bindings>;
}

/**
 * API and Durable Objects as one Worker: export `handlers` as default, and the classes as {@link createStorage} says. Each deploy
 * restarts all shards, so this is for small deployments, and for tests.
 */
export const createWorker = <Bindings extends Env = Env>(options: WorkerOptions<Bindings>): Worker<Bindings> => ({
  ...createStorage(options),
  handlers: createApi(options),
});
