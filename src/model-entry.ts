/**
 * `shardql/model`: what a model file needs, and nothing of a Worker. It loads wherever JavaScript runs: in Node, for drizzle-kit and tests, and
 * in browsers, for types.
 */
export { claim } from './model/access/claim.ts';
export { both, owner, readOnly, tenant } from './model/access/shorthands.ts';
export { dateTime, int64, now, ulid } from './model/columns.ts';
export { defineModel } from './model/define-model.ts';
export { ModelError } from './model/model-error.ts';
export type { Migration, MigrationBundle, Model } from './model/types.ts';
