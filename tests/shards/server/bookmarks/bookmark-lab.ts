/** A fleet of which one shard goes back to a bookmark. */
import type { BookmarkRestore, BookmarkTarget } from '../../../../src/shards/bookmark.ts';
import type { BookmarkBegun } from '../../../../src/shards/protocol/catalog-rpc.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { nodeOf } from '../../../support/plans.ts';
import { Fleet, type Release, SHARDS } from '../migrate/fleet-lab.ts';
import { bundleOf, init, newModel, oldModel, rebuild, searchedModel } from '../migrate/migration-lab.ts';

export const SHARD = 'shard-1';
export const before: Release = { model: oldModel, bundle: bundleOf(oldModel, init) };
export const after: Release = { model: newModel, bundle: bundleOf(newModel, init, rebuild) };
export const searched: Release = { model: searchedModel, bundle: bundleOf(searchedModel, init) };

export class BookmarkLab {
  readonly fleet: Fleet;
  readonly shardKey: ShardKey;
  /** Versions that the shard has given out, to writes and to reads, in order. */
  readonly seen: number[] = [];
  #rows = 0;

  private constructor(fleet: Fleet) {
    this.fleet = fleet;
    this.shardKey = `t:${fleet.tenantOf(SHARD)}` as ShardKey;
  }

  /** A fleet that serves. */
  static async start(release = before): Promise<BookmarkLab> {
    return new BookmarkLab(await Fleet.start(release));
  }

  /** The deploy that begins maintenance. */
  beginMaintenance(release = before): void {
    this.fleet.isInMaintenance = true;
    this.fleet.deploy(release);
  }

  /** Writes a row as a router does whose map is of the first epoch, and tries once. */
  write(title = `title-${++this.#rows}`): Promise<string> {
    return this.#noted(this.fleet.create(SHARD, 'Parent', title, { title }));
  }

  rename(id: string, title: string): Promise<string> {
    return this.#noted(this.fleet.write(SHARD, [{ kind: 'update', ...this.#at(id), set: { title }, atomic: {} }]));
  }

  remove(id: string): Promise<string> {
    return this.#noted(this.fleet.write(SHARD, [{ kind: 'delete', ...this.#at(id) }]));
  }

  #at(id: string) {
    const key = { columns: ['tenant', 'id'], values: [this.shardKey.slice(2), id] };
    return { table: 'Parent', key, within: null, expectedVersion: null, select: null };
  }

  async #noted(written: ReturnType<Fleet['write']>): Promise<string> {
    const answer = await written;
    if (answer.status === 'OK') this.seen.push(answer.version);
    return answer.status;
  }

  /** Reads all titles likewise. Gives why it was refused, where it was. */
  async read(): Promise<
    string | { readonly titles: readonly string[]; readonly asOf: number; readonly changed: number }
  > {
    const plan = JSON.stringify(nodeOf({ table: 'Parent', match: ['tenant', 'title'], columns: ['title'] }));
    const keys = Array.from({ length: this.#rows }, (_, index) => [this.shardKey.slice(2), `title-${index + 1}`]);
    const calls = [{ plan, values: [], keys, shardKeys: [this.shardKey], cacheable: true }];
    const request = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, calls };
    const reply = fromJsonText(await this.fleet.shard(SHARD).read(toJsonText(request)));
    if (reply.status !== 'OK') return reply.status;
    const [outcome] = reply.outcomes;
    if (outcome === undefined || !('answers' in outcome)) return 'WRONG_SHARD';
    this.seen.push(reply.asOf);
    const titles = outcome.answers.filter((row) => row !== null).map((row) => String((row as readonly unknown[])[0]));
    return { titles, asOf: reply.asOf, changed: outcome.changed![0]! };
  }

  async titles(): Promise<readonly string[]> {
    const read = await this.read();
    if (typeof read === 'string') throw new Error(`the shard does not serve: ${read}`);
    return read.titles;
  }

  restore(target: BookmarkTarget, shard = SHARD) {
    return this.fleet.catalog.restoreBookmark({ shard, target });
  }

  /** Restores, and gives what the catalog has kept of it once it has ended. */
  async restored(target: BookmarkTarget): Promise<BookmarkRestore> {
    const begun = await this.restore(target);
    if (begun.status !== 'OK') throw new Error(begun.error.message);
    return (begun as BookmarkBegun).restore;
  }

  /** Whatever is still to be done of a restore, by the catalog's alarms. */
  async finish(): Promise<BookmarkRestore> {
    for (let alarms = 0; alarms < 5; alarms++) {
      const [latest] = await this.fleet.catalog.bookmarkRestores();
      if (latest && latest.endedAtMs !== null) return latest;
      await this.fleet.alarm('catalog');
    }
    throw new Error('the restore does not end');
  }
}

export const OTHERS = SHARDS.filter((shard) => shard !== SHARD);
