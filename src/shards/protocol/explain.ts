import type { ReadCall } from '../plan/read.ts';
import type { RequestEnvelope, WorkCounts } from './envelope.ts';

export interface ExplainRequest extends RequestEnvelope {
  readonly call: ReadCall;
}

/** A statement, and how SQLite would run it. */
export interface ExplainedStatement {
  readonly sql: string;
  /** Lines of EXPLAIN QUERY PLAN. */
  readonly queryPlan: readonly string[];
}

/** How a call would be run. */
export interface ExplainAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  /** In the order in which they would run; one whose need depends on the rows is among them. */
  readonly statements: readonly ExplainedStatement[];
  readonly counts: WorkCounts;
}
