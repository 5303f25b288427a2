import { report } from '../../../events/report.ts';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { wait } from '../../../lib/timers.ts';
import { PROTOCOL, type RequestEnvelope } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import { overloaded, shardFailed, shardFull } from '../failures.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import { backoffMs } from './backoff.ts';
import type { Deadline } from './deadline.ts';
import { shardStub } from './router-env.ts';

/** How a call is counted and how long it may take. */
export interface CallOptions {
  /** Canonical shard key whose share of the shard the call takes; null for several or all. */
  readonly shardKey: string | null;
  readonly deadline: Deadline;
}

/** Makes one request's calls to shards: admitted, in time, repeated where that is worthwhile, and counted. */
export class ShardCaller {
  readonly #scope: ShardClientContext;
  /** Shared within the request only; dropped after an exception, since a stub that has thrown stays broken. */
  readonly #stubByName = new Map<string, ShardRpc>();

  constructor(scope: ShardClientContext) {
    this.#scope = scope;
  }

  /** `deadline`: of the call. */
  envelope(epoch: number, { atMs }: Deadline = this.#scope.deadline): RequestEnvelope {
    const { caller, requestId } = this.#scope;
    return { protocol: PROTOCOL, epoch, caller, expiresAtMs: atMs, ...(requestId !== undefined && { requestId }) };
  }

  /** Throws `SHARD_UNAVAILABLE`, `SHARD_FULL` or `DEADLINE_EXCEEDED`. `send` may run several times: the call must be repeatable. */
  async call<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    return await this.#scope.calls.run(() => this.#repeat(shard, options, send));
  }

  async #repeat<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { settings, timers, random } = this.#scope;
    const { deadline } = options;
    for (let attempt = 1; ; attempt++) {
      deadline.check();
      try {
        return await this.#once(shard, options, send);
      } catch (error) {
        if (!(error instanceof PlatformFailure)) throw error;
        if (attempt === settings.maxCallAttempts || !error.isWorthRetry) {
          report({ type: 'shard-unavailable', shard, requestId: this.#scope.requestId, error: error.cause });
          throw error.isFull ? shardFull(error.cause) : shardFailed(error.cause, settings.shedRetryAfterMs);
        }
      }
      await deadline.within(wait(timers, backoffMs(attempt, settings, random())));
    }
  }

  async #once<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { state, settings, timers, trace, random } = this.#scope;
    const { deadline, shardKey } = options;
    const permit = state.admission.admit(shard, shardKey, deadline.atMs, timers.now(), settings);
    if (!permit) throw overloaded(Math.ceil(settings.shedRetryAfterMs * (1 + random())));
    try {
      trace.called(shard);
      return await deadline.within(this.#sent(shard, send));
    } finally {
      state.admission.release(permit);
    }
  }

  async #sent<T>(shard: string, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { env, state } = this.#scope;
    const stub = getOrInsert(this.#stubByName, shard, () => shardStub(env, state.idOf(shard, env.SHARD)));
    try {
      return await send(stub);
    } catch (cause) {
      if (this.#stubByName.get(shard) === stub) this.#stubByName.delete(shard);
      throw new PlatformFailure(cause);
    }
  }
}

/** An exception instead of an answer: the platform's, or a bug in the shard. */
class PlatformFailure extends Error {
  override readonly cause: unknown;

  constructor(cause: unknown) {
    super('A call to a shard threw.');
    this.cause = cause;
  }

  /**
   * True for what the platform calls transient, and for an object that was reset (by a deploy, say): it starts again, and
   * all calls can be repeated. Repeating a call to an overloaded object would make it worse.
   */
  get isWorthRetry(): boolean {
    const { retryable, durableObjectReset, overloaded } = this.cause as PlatformFlags;
    return (retryable === true || durableObjectReset === true) && overloaded !== true;
  }

  /**
   * The object was reset because its database has no room: for this call, or for another one at the same time, which is why it is
   * repeated all the same.
   */
  get isFull(): boolean {
    return this.cause instanceof Error && /\bSQLITE_FULL\b/.test(this.cause.message);
  }
}

/** What the platform notes on the exceptions of stubs. */
interface PlatformFlags {
  readonly retryable?: boolean;
  readonly durableObjectReset?: boolean;
  readonly overloaded?: boolean;
}
