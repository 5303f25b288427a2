/**
 * Random histories of shard keys that are placed while others write under them, over the real catalog's steps and the real ownership of
 * shards. Calls between them fail before or after they took effect, or arrive once more much later; the catalog and the shards are lost at any
 * call, and start again from their databases; routers go by any map that there ever was.
 */
import { getOrInsert } from '../../src/lib/get-or-insert.ts';
import { KeyPlacementStore } from '../../src/shards/catalog/key-placement-store.ts';
import { KeyPlacements } from '../../src/shards/catalog/key-placements.ts';
import { type Grant, PlacementStore } from '../../src/shards/catalog/placement-store.ts';
import { ShardQLError } from '../../src/shards/errors.ts';
import type { PlaceKeysRequest } from '../../src/shards/protocol/catalog-rpc.ts';
import type { KeyRelease, KeysReleased, ShardRpc } from '../../src/shards/protocol/shard-rpc.ts';
import { grantSlots } from '../../src/shards/server/placement/grant-slots.ts';
import { Ownership } from '../../src/shards/server/placement/ownership.ts';
import { releaseKeys } from '../../src/shards/server/placement/release-keys.ts';
import { ownsKey, type ShardState } from '../../src/shards/server/shard-state.ts';
import { readLastVersion, writeClock } from '../../src/shards/server/tables/clock-table.ts';
import { addShardKey } from '../../src/shards/server/tables/keys-table.ts';
import { createSystemTables } from '../../src/shards/server/tables/system-tables.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { type ShardMap, shardOf } from '../../src/shards/shard-map.ts';
import { isExactCover, type SlotRange } from '../../src/shards/slots.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';
import { createRandom, pick, type Random } from '../support/random.ts';
import { NodeStorage } from './node-storage.ts';

const KEYS = Array.from({ length: 40 }, (_, index) => `t:tenant-${index}` as ShardKey);
const TARGETS: readonly PlaceKeysRequest['to'][] = [
  { jurisdiction: 'eu', location: null },
  { jurisdiction: null, location: 'oc' },
  { shard: 'eu-0' },
  { shard: 'eu-1' },
  null,
];

/** The catalog, or a call to a shard, is lost. */
class Lost extends Error {}

class Shard {
  readonly #storage = new NodeStorage() as unknown as DurableObjectStorage;
  readonly rows: { readonly key: ShardKey; readonly row: number }[] = [];
  #state!: ShardState;

  constructor() {
    createSystemTables(new SqlSession(this.#storage.sql));
    this.restart();
  }

  restart(): void {
    const session = new SqlSession(this.#storage.sql);
    const clock = {
      last: readLastVersion(session),
      committed: (version: number) => {
        clock.last = Math.max(clock.last, version);
      },
    };
    const parts = {
      storage: this.#storage,
      ownership: new Ownership(session),
      clock,
      fences: { isOf: () => false },
      wallClock: () => 0,
    };
    this.#state = { ...parts, freshness: { arrived: () => {} } } as unknown as ShardState;
  }

  owns(key: ShardKey): boolean {
    return ownsKey(this.#state, key);
  }

  /** Gives the version of the commit; null: not here. `atMs`: of the shard's clock. */
  write(key: ShardKey, row: number, atMs: number): number | null {
    if (!this.owns(key)) return null;
    const session = new SqlSession(this.#storage.sql);
    const version = Math.max(this.#state.clock.last, atMs) + 1;
    writeClock(session, version, 'write', this.rows.length);
    addShardKey(session, key, this.#state.ownership.slotOf(key));
    this.rows.push({ key, row });
    this.#state.clock.committed(version);
    return version;
  }

  /** The `asOf` of a read; null: not here. */
  read(key: ShardKey): number | null {
    return this.owns(key) ? this.#state.clock.last : null;
  }

  scan(): { readonly slots: readonly SlotRange[]; readonly placedAway: readonly SlotRange[]; readonly rows: number[] } {
    const { ranges: slots, placedAway } = this.#state.ownership;
    return { slots, placedAway, rows: this.rows.filter(({ key }) => this.owns(key)).map(({ row }) => row) };
  }

  grant({ epoch, ranges, least, placed }: Grant): number {
    grantSlots(this.#state, epoch, ranges, least, placed);
    return this.#state.clock.last;
  }

  release(release: KeyRelease): KeysReleased {
    return releaseKeys(this.#state, release);
  }
}

/** What went wrong, if anything did; and what happened, so that a test can tell that it tries something. */
export interface PlacementHistory {
  readonly problems: readonly string[];
  readonly placed: number;
  readonly refused: number;
  readonly misrouted: number;
  readonly scans: number;
}

export async function runPlacementHistory(seed: number, steps = 60): Promise<PlacementHistory> {
  const history = new History(createRandom(seed));
  await history.run(steps);
  return history;
}

class History implements PlacementHistory {
  readonly problems: string[] = [];
  placed = 0;
  refused = 0;
  misrouted = 0;
  scans = 0;
  readonly #random: Random;
  readonly #storage = new NodeStorage() as unknown as DurableObjectStorage;
  readonly #shards = new Map<string, Shard>();
  /** Every map there ever was. */
  readonly #maps: ShardMap[] = [];
  /** Calls that may arrive once more. */
  readonly #echoes: (() => void)[] = [];
  /** Acknowledged. */
  readonly #rows = new Map<ShardKey, number[]>();
  readonly #greatestAsOf = new Map<ShardKey, number>();
  /** Shard keys that were to be placed: others write under them meanwhile. */
  readonly #wanted: ShardKey[] = [...KEYS.slice(0, 1)];
  #isCalm = false;
  #rowCount = 0;

  constructor(random: Random) {
    this.#random = random;
    new PlacementStore(this.#storage).place(3);
  }

  async run(steps: number): Promise<void> {
    this.#isCalm = true;
    await this.#settle();
    if (this.#chance(0.3)) await this.#assign();
    this.#isCalm = false;
    for (let step = 0; step < steps && this.problems.length === 0; step++) {
      if (this.#chance(0.25)) await this.#place();
      else this.#happen();
    }
    this.#isCalm = true;
    await this.#settle();
    this.#checkEnd();
  }

  #chance = (probability: number): boolean => this.#random() < probability;
  #pick = <T>(all: readonly T[]): T => pick(this.#random, all);

  #shard(name: string): Shard {
    return getOrInsert(this.#shards, name, () => new Shard());
  }

  /** The catalog, as its database is. */
  #catalog(): { readonly placements: PlacementStore; readonly keys: KeyPlacements } {
    const placements = new PlacementStore(this.#storage);
    const store = new KeyPlacementStore(this.#storage, placements);
    const ask = async <Answer>(name: string, send: (stub: ShardRpc) => Promise<Answer>) => {
      const shard = this.#shard(name);
      const stub = { releaseKeys: async (release: KeyRelease) => this.#call(() => shard.release(release)) };
      return await send(stub as unknown as ShardRpc);
    };
    return { placements, keys: new KeyPlacements({ store, ask }) };
  }

  /** Others go on meanwhile. */
  #call<Answer>(send: () => Answer): Answer {
    if (this.#isCalm) return send();
    while (this.#chance(0.6)) this.#happen();
    if (this.#chance(0.08)) throw new Lost();
    const answer = send();
    this.#echoes.push(send);
    this.#checkOwners();
    while (this.#chance(0.6)) this.#happen();
    if (this.#chance(0.08)) throw new Lost();
    return answer;
  }

  async #place(): Promise<void> {
    const shardKeys = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => this.#pick(KEYS));
    this.#wanted.push(...shardKeys);
    const { keys } = this.#catalog();
    try {
      await this.#settle();
      if (await keys.begin({ shardKeys, to: this.#pick(TARGETS) })) {
        await this.#settle();
        this.placed++;
      }
    } catch (error) {
      if (!(error instanceof Lost || error instanceof ShardQLError)) throw error;
      if (error instanceof ShardQLError) this.refused++;
    }
  }

  /** A shard with placed keys that is the one of other keys' hashes too. */
  async #assign(): Promise<void> {
    const { placements } = this.#catalog();
    const assignment = { slots: [0, 8_000] as const, target: 'eu-0' };
    placements.beginAssignment(assignment);
    for (const release of placements.pendingReleases(assignment)) this.#shard(release.name).grant(release);
    placements.completeAssignment(assignment, 0);
    await this.#settle();
  }

  /** As the catalog does. */
  async #settle(): Promise<void> {
    const { placements, keys } = this.#catalog();
    this.refused += (await keys.goOn()).length;
    this.#maps.push(placements.map()!);
    for (const grant of placements.pendingGrants()) {
      this.#call(() => this.#shard(grant.name).grant(grant));
      placements.confirmGrant(grant.name);
    }
  }

  #happen(): void {
    const kind = this.#random();
    const key = this.#pick(this.#chance(0.7) ? this.#wanted.slice(-4) : KEYS);
    if (kind < 0.2) this.#write(key);
    else if (kind < 0.6) this.#read(key);
    else if (kind < 0.8) this.#scan(this.#pick(this.#maps));
    else if (kind < 0.9) this.#pick([...this.#shards.values()]).restart();
    else if (this.#echoes.length > 0) this.#pick(this.#echoes)();
    this.#checkOwners();
  }

  #write(key: ShardKey): void {
    const row = ++this.#rowCount;
    const version = this.#shard(shardOf(this.#pick(this.#maps), key)).write(key, row, this.#random() * 1_000);
    if (version === null) {
      this.misrouted++;
      return;
    }
    if (version <= (this.#greatestAsOf.get(key) ?? 0))
      this.problems.push(`${key}: version ${version} after a greater asOf`);
    this.#greatestAsOf.set(key, version);
    this.#rows.set(key, [...(this.#rows.get(key) ?? []), row]);
  }

  #read(key: ShardKey): void {
    const asOf = this.#shard(shardOf(this.#pick(this.#maps), key)).read(key);
    if (asOf === null) this.misrouted++;
    else this.#greatestAsOf.set(key, Math.max(asOf, this.#greatestAsOf.get(key) ?? 0));
  }

  /** By a map of any age: what it accepts has all rows that were acknowledged. */
  #scan(map: ShardMap): void {
    const answers = map.shards.filter(({ ranges }) => ranges.length > 0).map(({ name }) => this.#shard(name).scan());
    const isExact = isExactCover(
      answers.flatMap(({ slots }) => slots),
      answers.flatMap(({ placedAway }) => placedAway),
    );
    if (!isExact) return;
    this.scans++;
    const found = answers.flatMap(({ rows }) => rows).sort((a, b) => a - b);
    const all = [...this.#rows.values()].flat().sort((a, b) => a - b);
    if (JSON.stringify(found) !== JSON.stringify(all)) {
      this.problems.push(`a scan by the map of epoch ${map.epoch} found ${found.length} of ${all.length} rows`);
    }
  }

  #checkOwners(keys: readonly ShardKey[] = this.#wanted.slice(-4)): void {
    for (const key of keys) {
      const owners = [...this.#shards].filter(([, shard]) => shard.owns(key)).map(([name]) => name);
      if (owners.length > 1) this.problems.push(`${key} has the owners ${owners.join(' and ')}`);
    }
  }

  #checkEnd(): void {
    const map = this.#maps.at(-1)!;
    this.#checkOwners(KEYS);
    for (const key of KEYS) {
      const owner = shardOf(map, key);
      const elsewhere = [...this.#shards].filter(
        ([name, { rows }]) => name !== owner && rows.some((row) => row.key === key),
      );
      if (elsewhere.length > 0) this.problems.push(`${key} of ${owner} has rows on ${elsewhere[0]![0]}`);
      if (!this.#shard(owner).owns(key)) this.problems.push(`${key} is not owned by ${owner}`);
    }
    const before = this.scans;
    this.#scan(map);
    if (this.scans === before) this.problems.push('the last map is no exact cover');
  }
}
