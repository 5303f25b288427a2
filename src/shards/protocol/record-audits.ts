/**
 * What an audit found of an entry. `absent`: there is none. `consistent`: it holds the change, or is not served.
 * `inconsistent`: it is served and does not. `unclear`: there were further changes, so that it is unknown.
 */
export const AUDIT_RESULTS = ['absent', 'consistent', 'unclear', 'inconsistent'] as const;

export type AuditResult = (typeof AUDIT_RESULTS)[number];

export interface AuditCount {
  /** Age of the commits when they were looked at, in milliseconds. */
  readonly ageMs: number;
  readonly result: AuditResult;
  readonly count: number;
}

export interface RecordAuditsAnswer {
  readonly status: 'OK';
  readonly epoch: number;
}

export interface RecordAuditsRequest {
  readonly protocol: number;
  readonly counts: readonly AuditCount[];
}
