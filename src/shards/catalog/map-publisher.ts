import { report } from '../../events/report.ts';
import { MAP_KV_KEY, type ShardMap } from '../shard-map.ts';
import { type MonitorEnv, tellEvents } from './tell-events.ts';

export interface MapPublisherEnv extends MonitorEnv {
  /** The map is published here at each epoch, so that routers need not ask the catalog. */
  readonly KV?: KVNamespace;
}

/** Keeps the copy of the map in KV. One that is old or missing costs routers a call to the catalog. */
export class MapPublisher {
  readonly #env: MapPublisherEnv;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  #publishedEpoch = 0;
  /** One put at a time, so that an older map never lands on a newer one. */
  #lastPut: Promise<void> = Promise.resolve();

  constructor(env: MapPublisherEnv, waitUntil: (work: Promise<unknown>) => void) {
    this.#env = env;
    this.#waitUntil = waitUntil;
  }

  /** Puts a map that is newer than the last one. A put that fails is left to the next call. */
  publish(map: ShardMap): void {
    const kv = this.#env.KV;
    if (!kv || map.epoch <= this.#publishedEpoch) return;
    this.#publishedEpoch = map.epoch;
    this.#lastPut = this.#lastPut.then(async () => {
      try {
        await kv.put(MAP_KV_KEY, JSON.stringify(map));
      } catch (error) {
        this.#publishedEpoch = 0;
        report({ type: 'map-not-published', error });
        await tellEvents(this.#env);
      }
    });
    this.#waitUntil(this.#lastPut);
  }
}
