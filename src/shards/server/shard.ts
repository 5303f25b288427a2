import { DurableObject } from 'cloudflare:workers';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { MigrationBundle, Model } from '../../model/types.ts';
import type { BookmarkPoint } from '../bookmark.ts';
import { type CapacitySettings, toCapacitySettings } from '../capacity.ts';
import { errorToWire, type ShardQLError } from '../errors.ts';
import { type LogSettings, toLogSettings } from '../log-settings.ts';
import type { ShardMigration } from '../migration-report.ts';
import { placeObjects } from '../object-place.ts';
import type { PlacedKey } from '../placed-key.ts';
import { NEWEST_PROTOCOL, type RequestEnvelope, type WorkCounts } from '../protocol/envelope.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type {
  BookmarkSet,
  CurrentBookmark,
  FoundBookmark,
  KeyRelease,
  KeysReleased,
  MigrationRequest,
  ShardRpc,
} from '../protocol/shard-rpc.ts';
import type { WriteRequest } from '../protocol/write.ts';
import type { SlotRange } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import type { Version } from '../version.ts';
import { type PlatformBookmarks, platformBookmarks } from './bookmarks/platform-bookmarks.ts';
import type { ShardBookmarks } from './bookmarks/shard-bookmarks.ts';
import type { WallClock } from './clock.ts';
import { CommitGroups } from './commit-groups.ts';
import { expired } from './expired.ts';
import { HANDLERS, type HandledRpc, TEXT_RPCS } from './handlers.ts';
import type { Migrator } from './migrate/migrator.ts';
import type { RebuildLimits } from './migrate/rebuild/rebuild-steps.ts';
import { openShard, type ShardSettings } from './open-shard.ts';
import { newerProtocol } from './other-release.ts';
import { grantSlots } from './placement/grant-slots.ts';
import { releaseKeys } from './placement/release-keys.ts';
import type { RestoredFence } from './placement/restored-fence.ts';
import { PlanRunner } from './read/run/plan-runner.ts';
import type { ShardEnv } from './shard-env.ts';
import type { ShardState } from './shard-state.ts';
import type { Tasks } from './tasks/tasks.ts';
import { toShardError } from './to-shard-error.ts';
import { Turns, turnOf } from './turns.ts';

interface ShardOptions {
  /** Absent ones have their defaults. */
  readonly log: Partial<LogSettings>;
  /** Default: `Date.now`. */
  readonly wallClock: WallClock;
  /** Time for work that waits. Default: the system's. */
  readonly timers: Timers;
  /** How large it may become; absent members have their defaults. */
  readonly capacity: Partial<CapacitySettings>;
  /** From which size on tables are rebuilt in steps; absent members have their defaults. */
  readonly rebuilds: Partial<RebuildLimits>;
  /** What keeps earlier moments of the whole database. Default: the platform. */
  readonly bookmarks: (ctx: DurableObjectState) => PlatformBookmarks;
}

/**
 * The Durable Object class of the shards of a model. It is the RPC surface only: it waits until the schema is right and
 * then runs each request as one synchronous function, so requests never interleave. Expected failures are answers.
 */
export function createShardClass(model: Model, bundle: MigrationBundle, options: Partial<ShardOptions> = {}) {
  const wallClock = options.wallClock ?? Date.now;
  const timers = options.timers ?? systemTimers;
  const settings: ShardSettings = {
    model,
    bundle,
    plans: new PlanRunner(model),
    wallClock,
    timers,
    log: toLogSettings(options.log ?? {}),
    capacity: toCapacitySettings(options.capacity ?? {}),
    rebuilds: options.rebuilds ?? {},
    bookmarks: options.bookmarks ?? platformBookmarks,
  };

  class Shard extends DurableObject<ShardEnv> {
    readonly #state: ShardState;
    readonly #migrator: Migrator;
    readonly #tasks: Tasks;
    readonly #bookmarks: ShardBookmarks;
    readonly #restoredFence: RestoredFence;
    readonly #turns = new Turns(timers);
    readonly #groups = new CommitGroups(timers);

    constructor(ctx: DurableObjectState, bindings: ShardEnv) {
      const env = placeObjects(bindings);
      super(ctx, env);
      const { state, migrator, tasks, bookmarks, restoredFence } = openShard(ctx, env, settings);
      this.#state = state;
      this.#migrator = migrator;
      this.#tasks = tasks;
      this.#bookmarks = bookmarks;
      this.#restoredFence = restoredFence;
    }

    static {
      for (const name of Object.keys(HANDLERS) as HandledRpc[]) {
        const value = TEXT_RPCS.has(name)
          ? function (this: Shard, request: string) {
              return whenThere(this.#serve(name, JSON.parse(request)), (answer) =>
                typeof answer === 'string' ? answer : JSON.stringify(answer),
              );
            }
          : function (this: Shard, request: object) {
              return this.#serve(name, request as RequestHead);
            };
        Object.defineProperty(Shard.prototype, name, { value });
      }
    }

    /** One alarm serves all tasks of the shard. */
    override async alarm(): Promise<void> {
      if (await this.#restoredFence.refusal()) {
        await this.#state.storage.setAlarm(wallClock() + FENCED_ALARM_MS);
        return;
      }
      this.#state.work.woken();
      await this.#tasks.runDue();
    }

    async setOwnedSlots(
      epoch: number,
      slots: readonly SlotRange[],
      least: Version = 0,
      placed: readonly PlacedKey[] = [],
    ): Promise<Version> {
      // Only so that nothing is written while a migration has foreign keys switched off.
      await this.#migrator.settle();
      grantSlots(this.#state, epoch, slots, least, placed);
      // Unless it is one of an older map, whose answer was lost.
      if (epoch === this.#state.ownership.epoch) this.#restoredFence.lift();
      return this.#state.clock.last;
    }

    async releaseKeys(release: KeyRelease): Promise<KeysReleased> {
      await this.#migrator.settle();
      return releaseKeys(this.#state, release);
    }

    async checkMigrations({ protocol, plan }: MigrationRequest): Promise<ShardMigration> {
      if (protocol > NEWEST_PROTOCOL) throw newerProtocol(NEWEST_PROTOCOL, protocol);
      return this.#migrator.check(plan);
    }

    async workOnMigrations({ protocol, plan }: MigrationRequest): Promise<ShardMigration> {
      if (protocol > NEWEST_PROTOCOL) throw newerProtocol(NEWEST_PROTOCOL, protocol);
      return this.#migrator.work(plan);
    }

    async applyMigrations(planId: string): Promise<ShardMigration | null> {
      // Its versions are not those of the shard yet: the first request after the grant has them applied.
      if (await this.#restoredFence.refusal()) return null;
      return this.#migrator.apply(planId);
    }

    async findBookmark(point: BookmarkPoint): Promise<FoundBookmark | Refusal> {
      return await this.#bookmarks.find(point);
    }

    async currentBookmark(): Promise<CurrentBookmark> {
      return await this.#bookmarks.current();
    }

    async restoreBookmark(bookmark: string, epoch: number): Promise<BookmarkSet | Refusal> {
      return await this.#bookmarks.restore(bookmark, epoch);
    }

    /** What is thrown here is lost with the object; all else is an answer. At once, unless it has to wait. */
    #serve(name: HandledRpc, request: RequestHead): Awaitable<object | string> {
      const turn = this.#turnOf(name, request);
      return turn === null ? this.#begin(name, request) : turn.then(() => this.#begin(name, request));
    }

    /** Null: the request need not wait for any. */
    #turnOf(name: HandledRpc, request: RequestHead): Promise<void> | null {
      if (request.takesTurns || this.#turns.areTaken) {
        const of = turnOf(name, request);
        return of === null ? null : this.#turns.take(of);
      }
      return request.sharesCommit ? this.#groups.join() : null;
    }

    #begin(name: HandledRpc, request: RequestHead): Awaitable<object | string> {
      return whenThere(this.#refusal(request.protocol), (refused) => {
        const refusal = refused ?? expired(request, wallClock());
        if (!refusal) return this.#answer(name, request);
        return this.#stamped({ status: 'REFUSED', error: errorToWire(refusal) }, NOTHING_DONE);
      });
    }

    #answer(name: HandledRpc, request: RequestHead): Awaitable<object | string> {
      const session = new SqlSession(this.#state.storage.sql);
      if (request.tellsStatements) session.tell(wallClock);
      const answered = (answer: object | string) => {
        this.#state.work.served(session.counts);
        return typeof answer === 'string' ? answer : this.#stamped(answer, session.counts);
      };
      const failed = (error: unknown) => {
        const { requestId, traceId } = request;
        const failure = toShardError(error, { method: name, requestId, traceId });
        return answered({ status: 'REFUSED', error: errorToWire(failure) });
      };
      let work: Awaitable<object | string>;
      try {
        // No await before the work is done, unless it waits itself: nothing comes in between.
        work = HANDLERS[name](this.#state, session, request as never);
      } catch (error) {
        return failed(error);
      }
      return work instanceof Promise ? work.then(answered, failed) : answered(work);
    }

    /** Why no request can be served now; null if one can. */
    #refusal(protocol: number): Awaitable<ShardQLError | null> {
      if (protocol > NEWEST_PROTOCOL) return newerProtocol(NEWEST_PROTOCOL, protocol);
      return this.#restoredFence.isDown && this.#migrator.isReady ? null : this.#findRefusal();
    }

    async #findRefusal(): Promise<ShardQLError | null> {
      const fenced = this.#restoredFence.isDown ? null : await this.#restoredFence.refusal();
      if (fenced) return fenced;
      return this.#migrator.isReady ? null : await this.#migrator.migrate();
    }

    #stamped(answer: object, counts: WorkCounts): object {
      return { ...answer, epoch: this.#state.ownership.epoch, counts };
    }
  }

  return Shard as unknown as new (
    ctx: DurableObjectState,
    env: ShardEnv,
  ) => DurableObject<ShardEnv> & ShardRpc;
}

/** What any request has that {@link HANDLERS} answer. */
type RequestHead = Pick<
  RequestEnvelope,
  'protocol' | 'requestId' | 'traceId' | 'tellsStatements' | 'expiresAtMs' | 'takesTurns'
> &
  Partial<Pick<RequestEnvelope, 'caller'> & Pick<WriteRequest, 'sharesCommit'>>;

/** When a shard behind a fence looks again whether it may do its tasks, in milliseconds. */
const FENCED_ALARM_MS = 5_000;

const NOTHING_DONE: WorkCounts = { statements: 0, rowsRead: 0, rowsWritten: 0 };
