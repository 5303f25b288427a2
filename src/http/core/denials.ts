import type { Actor } from '../../events/actor.ts';
import type { Report } from '../../events/report.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { ErrorCode } from '../../shards/errors.ts';

/** Codes of requests that are refused for who sends them, for how much they ask, or for how much is asked by all. */
const DENIALS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'PERSISTED_QUERY_ONLY',
  'COST_LIMIT_EXCEEDED',
  'DEPTH_LIMIT_EXCEEDED',
  'FANOUT_LIMIT_EXCEEDED',
  'TOKEN_LIMIT_EXCEEDED',
  'OPERATION_LIMIT_EXCEEDED',
  'REQUEST_TOO_LARGE',
]);

const MINUTE_MS = 60_000;
/** Lines a minute of an isolate. */
const MAX_LINES = 30;
/** Callers that an isolate remembers to have logged. */
const MAX_CALLERS = 1_000;

interface Denied {
  /** Null: they are not known. */
  readonly actor: Actor | null;
  readonly address: string;
  readonly path: string;
  readonly requestId: string;
  readonly traceId?: string | undefined;
}

/**
 * Counts the requests that an isolate denies, and logs a sample, so that nobody can flood the log: each code once a minute for
 * each address and caller, and 30 lines a minute in all. A line says how many there were since the one before.
 */
export class Denials {
  readonly #report: Report;
  readonly #isLogged: boolean;
  /** By code and caller, when it was logged last. */
  readonly #loggedAtMs = new BoundedMap<string, number>(MAX_CALLERS);
  #minute = 0;
  #lines = 0;
  #unlogged = 0;

  /** @param isLogged false: they are only counted. */
  constructor(report: Report, isLogged: boolean) {
    this.#report = report;
    this.#isLogged = isLogged;
  }

  /** For any code: others are no denials. */
  record(code: ErrorCode, { actor, address, path, requestId, traceId }: Denied): void {
    if (!DENIALS.has(code)) return;
    this.#report({ type: 'request-denied', code });
    if (!this.#isLogged) return;
    const { role = null, by = 'none', issuer = null, name = null } = actor ?? {};
    if (!this.#mayLog(JSON.stringify([code, address, by, issuer, name]))) {
      this.#unlogged++;
      return;
    }
    const unlogged = this.#unlogged;
    this.#unlogged = 0;
    this.#report({
      type: 'denial',
      code,
      role,
      by,
      issuer,
      name,
      address,
      path: path.slice(0, 100),
      requestId,
      ...(traceId !== undefined && { traceId }),
      unlogged,
    });
  }

  #mayLog(key: string): boolean {
    const nowMs = Date.now();
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#lines = 0;
    }
    if (this.#lines >= MAX_LINES || nowMs - (this.#loggedAtMs.get(key) ?? 0) < MINUTE_MS) return false;
    this.#loggedAtMs.set(key, nowMs);
    this.#lines++;
    return true;
  }
}
