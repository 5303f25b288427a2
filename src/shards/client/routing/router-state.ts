import { getOrInsert } from '../../../lib/get-or-insert.ts';
import type { ShardKey } from '../../shard-key.ts';
import { ownersBySlot, type ShardMap } from '../../shard-map.ts';
import { slotOf } from '../../slots.ts';
import { Admission } from './admission.ts';
import { ShardCallCounts } from './shard-call-counts.ts';
import { WritesUnderWay } from './writes-under-way.ts';

/** A map, ready for lookups. */
export class Routing {
  readonly map: ShardMap;
  /** Names of the shards that own slots, in the map's order. */
  readonly owners: readonly string[];
  readonly #ownersBySlot: Uint16Array;
  readonly #placed: ReadonlyMap<ShardKey, number>;

  constructor(map: ShardMap) {
    this.map = map;
    this.owners = map.shards.filter(({ ranges }) => ranges.length > 0).map(({ name }) => name);
    this.#ownersBySlot = ownersBySlot(map);
    this.#placed = new Map(map.placed);
  }

  get epoch(): number {
    return this.map.epoch;
  }

  /** Name of the shard that owns the shard key's slot. */
  ownerOf(shardKey: ShardKey): string {
    return this.map.shards[this.#ownersBySlot[slotOf(shardKey, this.#placed)]!]!.name;
  }
}

/**
 * What the requests of an isolate share: plain values only. The platform forbids a request to use another's stubs or to
 * wait on its promises, so requests learn of each other's work by timestamps.
 */
export class RouterState {
  readonly admission = new Admission();
  readonly calls = new ShardCallCounts();
  readonly writes = new WritesUnderWay();
  readonly #idByName = new Map<string, DurableObjectId>();
  #routing: Routing | null = null;
  /** When the map fetch that is under way began, and when the last one ended; milliseconds since 1970. */
  fetchBeganAtMs = Number.NEGATIVE_INFINITY;
  fetchEndedAtMs = Number.NEGATIVE_INFINITY;

  get routing(): Routing | null {
    return this.#routing;
  }

  /** Takes the map over, unless the one here is as new. */
  adopt(map: ShardMap): void {
    if (!this.#routing || map.epoch > this.#routing.epoch) this.#routing = new Routing(map);
  }

  /** The object's id; looked up once per isolate, since each lookup by name counts towards the platform's limits. */
  idOf(name: string, namespace: { idFromName(name: string): DurableObjectId }): DurableObjectId {
    return getOrInsert(this.#idByName, name, () => namespace.idFromName(name));
  }
}

/** One per isolate, made in module scope. */
export const createRouterState = (): RouterState => new RouterState();
