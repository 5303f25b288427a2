/**
 * The member of a Worker's `handlers` that has the options they were made with. `shardql doctor` looks at it, in Node; the platform takes
 * no notice of members that it does not know.
 */
export const WORKER_OPTIONS = Symbol.for('shardql.worker-options');
