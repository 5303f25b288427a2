import { report } from '../../../events/report.ts';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { wait } from '../../../lib/timers.ts';
import type { Span } from '../../../lib/tracing/span.ts';
import { type ErrorCode, ShardQLError } from '../../errors.ts';
import { PROTOCOL, type RequestEnvelope, SYSTEM } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import type { ShardKey } from '../../shard-key.ts';
import { overloaded, shardFailed, shardFull } from '../failures.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import type { CallClass, CallPermit } from './admission.ts';
import { backoffMs } from './backoff.ts';
import type { Deadline } from './deadline.ts';
import { shardStub } from './router-env.ts';

/** How a call is counted and how long it may take. */
export interface CallOptions {
  /** Canonical shard key whose share of the shard the call takes; null for several or all. */
  readonly shardKey: string | null;
  readonly deadline: Deadline;
  /** Records it, and is ended with it. Default: one that tells no method, where the request is traced. */
  readonly span?: Span | undefined;
}

/** Makes one request's calls to shards: admitted, in time, repeated where that is worthwhile, and counted. */
export class ShardCaller {
  readonly #scope: ShardClientContext;
  /** See `CallClass`. */
  readonly #isPrior: boolean;
  /** Shared within the request only; dropped after an exception, since a stub that has thrown stays broken. */
  readonly #stubByName = new Map<string, ShardRpc>();

  constructor(scope: ShardClientContext) {
    this.#scope = scope;
    this.#isPrior = scope.caller.role === SYSTEM.role;
  }

  /** `deadline`: of the call. */
  envelope(epoch: number, shard: string, { atMs }: Deadline = this.#scope.deadline): RequestEnvelope {
    const { caller, requestId, state, timers, tracer, tellsStatements } = this.#scope;
    const traceId = tracer?.sharedTraceId;
    return {
      protocol: PROTOCOL,
      epoch,
      caller,
      expiresAtMs: atMs,
      ...(requestId !== undefined && { requestId }),
      ...(state.admission.isDelayed(shard, timers.now()) && { takesTurns: true }),
      ...(traceId !== undefined && { traceId }),
      ...(tellsStatements && { tellsStatements }),
    };
  }

  /** Throws `OVERLOADED`, `SHARD_UNAVAILABLE`, `SHARD_FULL` or `DEADLINE_EXCEEDED`. `send` may run several times: the call must be repeatable. */
  async call<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { calls, trace } = this.#scope;
    const { span = trace.begin(undefined, shard) } = options;
    const recorded = span === options.span ? options : { ...options, span };
    const turn = calls.enter();
    try {
      if (turn !== null) await turn;
      return await this.#repeat(shard, recorded, send);
    } catch (error) {
      span?.end(error instanceof ShardQLError ? error.code : 'INTERNAL_SERVER_ERROR');
      throw error;
    } finally {
      calls.leave();
      span?.end();
    }
  }

  async #repeat<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { settings, timers, random } = this.#scope;
    const { deadline } = options;
    for (let attempt = 1; ; attempt++) {
      deadline.check();
      if (attempt > 1) options.span?.set({ 'shardql.attempts': attempt });
      try {
        return await this.#once(shard, options, send);
      } catch (error) {
        if (!(error instanceof PlatformFailure)) throw error;
        if (attempt === settings.maxCallAttempts || !error.isWorthRetry) {
          const { requestId, tracer } = this.#scope;
          report({ type: 'shard-unavailable', shard, requestId, traceId: tracer?.sharedTraceId, error: error.cause });
          throw error.isFull ? shardFull(error.cause) : shardFailed(error.cause, settings.shedRetryAfterMs);
        }
      }
      await deadline.within(wait(timers, backoffMs(attempt, settings, random())));
    }
  }

  async #once<T>(shard: string, options: CallOptions, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { state, settings, timers, trace, meter } = this.#scope;
    const { deadline, shardKey } = options;
    const of = { shardKey, role: this.#scope.caller.role, isPrior: this.#isPrior };
    const permit =
      state.admission.admit(shard, of, timers.now(), deadline.atMs, settings) ??
      (await this.#admittedFromQueue(shard, of, deadline));
    try {
      trace.called(shard);
      if (shardKey !== null) meter?.touched(shardKey as ShardKey, shard);
      const sentAtMs = timers.now();
      state.calls.began(shard, state.admission.inFlight(shard));
      const answer = await this.#sent(shard, deadline, send);
      const endedAtMs = timers.now();
      state.admission.ended(permit, endedAtMs, settings);
      state.calls.answered(shard, endedAtMs - sentAtMs, answer);
      return answer;
    } catch (error) {
      state.calls.failed(shard, codeOf(error));
      if (error instanceof PlatformFailure && error.isOverload) state.admission.refused(permit, timers.now(), settings);
      else if (isLate(error)) state.admission.timedOut(permit, timers.now(), settings);
      throw error;
    } finally {
      state.admission.release(permit);
    }
  }

  /** Queues until the deadline while the isolate has only a few calls for the shard, else for as long as the settings say. */
  async #admittedFromQueue(shard: string, of: CallClass, deadline: Deadline): Promise<CallPermit> {
    const { state, settings, timers, random } = this.#scope;
    const { admission } = state;
    const nextUntilMs = () => timers.now() + settings.admissionPatienceMs;
    let place = admission.enqueue(shard, of, timers.now(), nextUntilMs(), settings);
    try {
      while (place !== null) {
        const pauseMs = admission.pauseMs(shard) * (0.5 + random());
        await deadline.within(wait(timers, pauseMs));
        const permit = admission.admit(shard, of, timers.now(), deadline.atMs, settings, place);
        if (permit !== null) return permit;
        if (timers.now() >= place.untilMs) place = admission.renew(shard, place, timers.now(), nextUntilMs());
      }
    } finally {
      if (place !== null) admission.leave(shard, place);
    }
    state.calls.refused(shard, 'OVERLOADED' satisfies ErrorCode);
    throw overloaded(Math.ceil(settings.shedRetryAfterMs * (1 + random())));
  }

  #sent<T>(shard: string, deadline: Deadline, send: (stub: ShardRpc) => Promise<T>): Promise<T> {
    const { env, state } = this.#scope;
    const stub = getOrInsert(this.#stubByName, shard, () => shardStub(env, state.idOf(shard, env.SHARD)));
    const failureOf = (cause: unknown) => {
      if (this.#stubByName.get(shard) === stub) this.#stubByName.delete(shard);
      return new PlatformFailure(cause);
    };
    let sent: Promise<T>;
    try {
      sent = send(stub);
    } catch (cause) {
      throw failureOf(cause);
    }
    return deadline.within(sent, failureOf);
  }
}

/** The shard has not come to the call in time. */
const isLate = (error: unknown): boolean => error instanceof ShardQLError && error.code === 'DEADLINE_EXCEEDED';

/** Why a call has failed. */
function codeOf(error: unknown): ErrorCode {
  if (error instanceof ShardQLError) return error.code;
  if (!(error instanceof PlatformFailure)) return 'INTERNAL_SERVER_ERROR';
  if (error.isFull) return 'SHARD_FULL';
  return error.isOverload ? 'OVERLOADED' : 'SHARD_UNAVAILABLE';
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
    const { retryable, durableObjectReset } = this.cause as PlatformFlags;
    return (retryable === true || durableObjectReset === true) && !this.isOverload;
  }

  /** More calls wait for the object than the platform lets wait. */
  get isOverload(): boolean {
    return (this.cause as PlatformFlags).overloaded === true;
  }

  /**
   * The object was reset because its database has no room: for this call, or for another one at the same time, so it is
   * repeated if the platform says that it can be.
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
