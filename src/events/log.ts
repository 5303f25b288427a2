/** The log: one line of JSON per event, as log collectors take it. The only place that writes to the console. */
import { describeError } from './describe-error.ts';
import type { Event, EventOf, EventType, RequestFailed } from './event.ts';

type Level = 'info' | 'warn' | 'error';

/** How each event is logged; null: it is only counted. */
export const LEVELS = {
  'request-failed': 'error',
  'authentication-missing': 'error',
  'answer-not-written': 'error',
  'jwks-not-fetched': 'warn',
  'operator-action': 'info',
  'request-denied': null,
  denial: 'warn',
  'dead-letters-cleared': 'info',
  'audit-not-kept': 'error',
  'rate-limit-not-counted': 'warn',
  'slow-operation': 'warn',
  'traces-not-exported': 'warn',
  'cache-answer': null,
  'cache-kv-operation': null,
  'cache-inconsistency': 'error',
  'cache-audit-failed': 'warn',
  'invalidations-not-sent': 'warn',
  'publish-not-requested': 'warn',
  'shard-unavailable': 'warn',
  'shard-request-failed': 'error',
  'migration-failed': 'error',
  'stamps-not-put': 'warn',
  'publishing-failed': 'error',
  'shard-filling': 'warn',
  'shard-not-reported': 'warn',
  'monitor-not-reached': 'warn',
  'isolate-not-reported': 'warn',
  'isolate-report-dropped': 'error',
  'large-shard-key': 'warn',
  'alert-firing': 'error',
  'alert-resolved': 'info',
  'alert-not-sent': 'warn',
  'task-failed': 'error',
  'log-over-budget': 'warn',
  'log-trimmed': 'info',
  'log-not-archived': 'warn',
  'log-trimmed-unarchived': 'error',
  'read-back-failed': 'error',
  'map-not-published': 'warn',
} as const satisfies Readonly<Record<EventType, Level | null>>;

export type LoggedEvent = {
  [Type in EventType]: (typeof LEVELS)[Type] extends null ? never : EventOf<Type>;
}[EventType];

export function logEvent(event: Event): void {
  const level = LEVELS[event.type];
  if (level === null) return;
  console[level](textOf(event, level));
}

/** Anything may be thrown, so describing it may fail. */
function textOf(event: Event, level: Level): string {
  try {
    return event.type === 'request-failed' && event.asText ? toText(event) : toLine(event, level);
  } catch {
    return JSON.stringify({ level, event: event.type, error: 'It could not be described.' });
  }
}

const toLine = ({ type, ...members }: Event, level: Level): string =>
  JSON.stringify({
    level,
    event: type,
    ...members,
    ...('error' in members && { error: describeError(members.error) }),
  });

const toText = ({ path, requestId, error }: RequestFailed): string =>
  `Error in ${path ? path.join('.') : 'a request'} (request ${requestId}):\n${describeError(error)}`;
