/**
 * What may stand in the memory of an isolate between requests, in bytes. The platform gives an isolate 128 MB: for the Worker, or for all
 * objects that it has put there together, and for what requests under way hold. All of this is at most 48 MiB. In a deployment of two
 * scripts an isolate has either the Worker's or the shards' part of it.
 */
import { MemoryBudget } from '../lib/memory-budget.ts';

/** Cached answers of a Worker, unless `cache.memoryBytes` says otherwise. */
export const ENTRY_BYTES = 12 * 1_024 * 1_024;
/** When a Worker has changed things itself. */
const LOCAL_WRITE_BYTES = 3 * 1_024 * 1_024;
/** Parsed documents of a Worker, and errors of those that are wrong. */
const DOCUMENT_BYTES = 7 * 1_024 * 1_024;
/** What a Worker's operations are called by the monitor. */
const OPERATION_BYTES = 1 * 1_024 * 1_024;
/** Plans of a Worker's operations. */
const OPERATION_PLAN_BYTES = 6 * 1_024 * 1_024;
/** Credentials that a Worker has verified. */
const CREDENTIAL_BYTES = 3 * 1_024 * 1_024;
/** Stamps that a Worker has looked up in Workers KV. */
const SEEN_STAMP_BYTES = 1 * 1_024 * 1_024;
/** Texts of documents that clients have registered with a Worker. */
const REGISTERED_DOCUMENT_BYTES = 1 * 1_024 * 1_024;
/** Compiled read plans of all shards of an isolate. */
const READ_PLAN_BYTES = 5 * 1_024 * 1_024;
/** When things in these shards have last changed. */
const STAMP_BYTES = 5 * 1_024 * 1_024;
/** Under which of their shard keys answers are kept. */
const TRACE_BYTES = 2 * 1_024 * 1_024;
/** What these shards were asked lately. */
const RECENT_READ_BYTES = 1_536 * 1_024;
/** Answers of writes to these shards whose routers may ask for them again. */
const OUTCOME_BYTES = 512 * 1_024;

/** By what they are for, of this isolate: each is shared by all that have such a cache, of whichever schema or object. */
export const MEMORY = {
  'local-writes': new MemoryBudget(LOCAL_WRITE_BYTES),
  documents: new MemoryBudget(DOCUMENT_BYTES),
  operations: new MemoryBudget(OPERATION_BYTES),
  'operation-plans': new MemoryBudget(OPERATION_PLAN_BYTES),
  credentials: new MemoryBudget(CREDENTIAL_BYTES),
  'seen-stamps': new MemoryBudget(SEEN_STAMP_BYTES),
  'registered-documents': new MemoryBudget(REGISTERED_DOCUMENT_BYTES),
  'read-plans': new MemoryBudget(READ_PLAN_BYTES),
  stamps: new MemoryBudget(STAMP_BYTES),
  traces: new MemoryBudget(TRACE_BYTES),
  'recent-reads': new MemoryBudget(RECENT_READ_BYTES),
  outcomes: new MemoryBudget(OUTCOME_BYTES),
} as const;

/** What these caches take now, in bytes, estimated. */
export const memoryUsed = (): number => Object.values(MEMORY).reduce((sum, { used }) => sum + used, 0);
