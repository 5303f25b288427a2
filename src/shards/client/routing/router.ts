import { wait } from '../../../lib/timers.ts';
import { ShardQLError } from '../../errors.ts';
import type { ShardMap } from '../../shard-map.ts';
import { SLOT_HASH } from '../../slots.ts';
import { placementInMotion } from '../failures.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import { backoffMs } from './backoff.ts';
import { mapFromCatalog, mapFromKv } from './map-fetch.ts';
import type { Routing } from './router-state.ts';

/** An attempt met a shard that does not own what was asked of it. */
export class Misrouted {
  /** The newest epoch that the shard knows. */
  readonly epoch: number;

  constructor(epoch: number) {
    this.epoch = epoch;
  }
}

/** Pauses between looks at whether another request of the isolate has got the map: growing, as many may be waiting. */
const POLLING = { retryPauseMs: 10, maxRetryPauseMs: 100 };
/** Least time between renewals in the background, in milliseconds. */
const BACKGROUND_REFRESH_MS = 1_000;

/** Finds the shards of shard keys: from the isolate's copy of the map, renewed when a shard says that it is old. */
export class Router {
  readonly #scope: ShardClientContext;
  /** This request's own fetch, shared by all that the request does at the same time. */
  #refreshing: Promise<void> | null = null;

  constructor(scope: ShardClientContext) {
    this.#scope = scope;
  }

  /**
   * Runs `attempt` until it is not misrouted, each time with a newer map if there is one. Attempts must keep what they
   * have achieved themselves. Throws `SHARD_UNAVAILABLE` if the map does not come to rest in time.
   */
  async routed<T>(attempt: (routing: Routing) => Promise<T | Misrouted>): Promise<T> {
    const { settings, timers, deadline, random } = this.#scope;
    for (let count = 1; ; count++) {
      const routing = await this.current();
      const outcome = await attempt(routing);
      if (!(outcome instanceof Misrouted)) return outcome;
      if (count === settings.maxRoutingAttempts) throw placementInMotion(settings.shedRetryAfterMs);
      // At once the first time; then the change of owner is still under way, and takes a moment.
      if (count > 1) await deadline.within(wait(timers, backoffMs(count - 1, settings, random())));
      await this.#refresh(routing, outcome.epoch);
    }
  }

  async current(): Promise<Routing> {
    const { state } = this.#scope;
    if (!state.routing) await this.#refresh(null, 0);
    const routing = state.routing!;
    if (routing.map.slotHash !== SLOT_HASH) {
      throw new ShardQLError(
        'INTERNAL_SERVER_ERROR',
        `Expected slots hashed with ${SLOT_HASH}, but got a shard map made with ${routing.map.slotHash}. Deploy a release that uses that hash.`,
      );
    }
    this.#requireJurisdiction(routing.map);
    return routing;
  }

  /** Objects of another jurisdiction are others, and empty: what is stored would seem to be gone. */
  #requireJurisdiction({ jurisdiction: its = '' }: ShardMap): void {
    const { SHARDQL_JURISDICTION: own = '' } = this.#scope.env;
    if (its === own) return;
    const [expected, got] = [own, its].map((code) =>
      code === '' ? 'in no jurisdiction' : `in the jurisdiction "${code}"`,
    );
    throw new ShardQLError(
      'INTERNAL_SERVER_ERROR',
      `Expected shards ${expected}, as SHARDQL_JURISDICTION says, but got shards ${got}. Rows do not move with it: set it to what it was, or import them into a new deployment.`,
    );
  }

  /** An answer names an epoch. If that is newer than the map, the map is renewed in the background, before it costs anyone a refusal. */
  observeEpoch(epoch: number): void {
    const { state, timers, waitUntil } = this.#scope;
    const routing = state.routing;
    if (!routing || epoch <= routing.epoch || this.#isFetchUnderWay()) return;
    if (timers.now() - state.fetchEndedAtMs < BACKGROUND_REFRESH_MS) return;
    waitUntil(this.#refresh(routing, epoch).catch(() => {}));
  }

  #refresh(used: Routing | null, newestEpoch: number): Promise<void> {
    this.#refreshing ??= this.#renew(used, newestEpoch).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Returns when the isolate's map is another than `used`, or has just been found to be the newest. */
  async #renew(used: Routing | null, newestEpoch: number): Promise<void> {
    const { state, timers, deadline, random } = this.#scope;
    const sinceMs = timers.now();
    for (let poll = 1; this.#isFetchUnderWay(); poll++) {
      // Another request is fetching: what it gets serves this one too.
      await deadline.within(wait(timers, backoffMs(poll, POLLING, random())));
      if (state.fetchEndedAtMs >= sinceMs) return;
    }
    if (state.routing !== used) return;
    // No await between that look and this mark, so that of many requests one fetches.
    state.fetchBeganAtMs = timers.now();
    try {
      // A shard that knows no more than we do may wait for its grant: only the catalog can bring that to an end.
      const mayKvHelp = used === null || newestEpoch > used.epoch;
      const copy = mayKvHelp ? await mapFromKv(this.#scope, newestEpoch) : null;
      state.adopt(copy ?? (await mapFromCatalog(this.#scope)));
      state.fetchEndedAtMs = timers.now();
    } finally {
      state.fetchBeganAtMs = Number.NEGATIVE_INFINITY;
    }
  }

  #isFetchUnderWay(): boolean {
    const { state, settings, timers } = this.#scope;
    return timers.now() - state.fetchBeganAtMs < settings.mapFetchPatienceMs;
  }
}
