import type { Actor } from '../../events/actor.ts';
import { report } from '../../events/report.ts';
import type { BoundedMap } from '../../lib/bounded-map.ts';
import { type AuditEntry, type AuditedAction, type NewAuditEntry, RECORDED_ONCE_AN_HOUR, SUCCEEDED } from '../audit.ts';
import { ShardQLError } from '../errors.ts';
import { DEVELOPER } from '../protocol/envelope.ts';
import { askCatalog } from './ask-catalog.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

interface AuditTrailOptions {
  readonly env: RouterEnv;
  readonly actorOf: () => Actor;
  readonly requestId: string;
  /** What the isolate has recorded, with when, in milliseconds since 1970. */
  readonly recorded: BoundedMap<string, number>;
}

const HOUR_MS = 3_600_000;

/** The audit log of the deployment, and what one request adds to it. */
export class AuditTrail {
  readonly #options: AuditTrailOptions;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  /**
   * Writes an action to the log, and to the catalog, which keeps it. Never throws: what was done stays done, and the log has it
   * though the catalog cannot be reached.
   *
   * @param outcome an error code; default: it succeeded.
   */
  async record(action: AuditedAction, target: string | null, outcome: string = SUCCEEDED): Promise<void> {
    const { env, actorOf, requestId } = this.#options;
    const actor = actorOf();
    const entry: NewAuditEntry = { atMs: Date.now(), action, target, outcome, actor, requestId };
    if (this.#isRecorded(entry)) return;
    // At one's own machine the log is for what goes wrong.
    if (actor.role !== DEVELOPER.role)
      report({ type: 'operator-action', action, target, outcome, ...actor, requestId });
    try {
      await catalogStub(env).recordAudit(entry);
    } catch (error) {
      report({ type: 'audit-not-kept', requestId, error });
    }
  }

  /** Does it, and records what became of it. `outcomeOf`: default: it has succeeded. */
  async recording<T>(
    action: AuditedAction,
    target: string | null,
    work: () => Promise<T>,
    outcomeOf: (result: T) => string = () => SUCCEEDED,
  ): Promise<T> {
    try {
      const result = await work();
      await this.record(action, target, outcomeOf(result));
      return result;
    } catch (error) {
      await this.record(action, target, error instanceof ShardQLError ? error.code : 'INTERNAL_SERVER_ERROR');
      throw error;
    }
  }

  /** Entries before `seq`, latest first. */
  before(seq: number, limit: number): Promise<readonly AuditEntry[]> {
    return askCatalog(this.#options.env, 'the audit log', (catalog) => catalog.auditLog(seq, limit));
  }

  /** Spares the catalog a call for each of many requests. */
  #isRecorded({ atMs, action, target, outcome, actor }: NewAuditEntry): boolean {
    if (!RECORDED_ONCE_AN_HOUR.has(action)) return false;
    const { recorded } = this.#options;
    const key = JSON.stringify([action, target, outcome, actor]);
    const hour = Math.floor(atMs / HOUR_MS);
    if (recorded.get(key) === hour) return true;
    recorded.set(key, hour);
    return false;
  }
}
