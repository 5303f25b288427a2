/** A client that writes to one tenant, and knows what its rows are: one thing at a time, so that a kill leaves one doubt. */
import { expect } from 'vitest';
import { ApiClient } from '../../../scripts/cli/api-client.ts';
import { ImportClient } from '../../../scripts/cli/import-client.ts';
import { type GraphQLAnswer, postGraphQL } from '../../support/graphql.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { pick, type Random } from '../../support/random.ts';
import type { Server } from '../../support/server.ts';
import { anyChange, anyWord, type Change, type Kind, type Moment } from './change.ts';
import { addedColumns, lastRebuild } from './releases.ts';
import { Rows } from './rows.ts';

/** Moments have passed for certain after so long, in milliseconds. */
const CERTAIN_AFTER_MS = 700;
const MOMENTS = 12;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const operate = (to: Server, query: string, variables = {}): Promise<GraphQLAnswer> =>
  postGraphQL(`${to.origin}/operator`, query, variables);

/** What the past, or a restore to it, is refused with where nothing is wrong. */
const isRefused = ({ errors }: GraphQLAnswer): boolean => errors.length > 0;

export class Tenant {
  readonly name: string;
  readonly #random: Random;
  #rows = new Rows();
  #moments: Moment[] = [];
  /** Whose answer was lost. */
  #doubt: Change | null = null;

  constructor(name: string, random: Random) {
    this.name = name;
    this.#random = random;
  }

  get rows(): Rows {
    return this.#rows;
  }

  /** Changes its rows until there is no server any more; `began` is told of each change that is sent. Gives what was under way. */
  async write(server: Server, release: number, began: (kind: Kind) => void): Promise<Kind> {
    for (;;) {
      const moments = this.#momentsOf(release);
      const scope = { tenant: this.name, random: this.#random, release, rows: this.#rows, moments };
      const change = anyChange(scope);
      this.#doubt = change;
      began(change.kind);
      const outcome = await send(server, this.name, change).catch((error: unknown) => {
        if (error instanceof Gone) return 'GONE';
        throw error;
      });
      if (outcome === 'GONE') return change.kind;
      if (outcome === 'DONE') this.#rows = change.after;
      this.#doubt = null;
      if (this.#random() < 0.2) await this.remember(release);
    }
  }

  async remember(release: number): Promise<void> {
    await pause(3);
    this.#moments.push({ timeMs: Date.now(), release, rows: this.#rows });
    // Older ones than the log reaches back to are of no use.
    if (this.#moments.length > MOMENTS) this.#moments.shift();
    await pause(3);
  }

  /** After a crash: its rows are as they were, or as the change made them that was under way; sent again with its key, it is done. */
  async settle(server: Server, release: number): Promise<void> {
    const doubt = this.#doubt;
    this.#doubt = null;
    if (doubt?.kind === 'keyed') expect(await send(server, this.name, doubt)).toBe('DONE');
    const found = await this.#read(server, release);
    const before = this.#rows.toText();
    if (doubt?.kind === 'keyed') expect(found).toBe(doubt.after.toText());
    else if (doubt === null || found !== doubt.after.toText())
      expect(found, `${this.name}: ${doubt?.kind}`).toBe(before);
    if (doubt !== null && found === doubt.after.toText()) this.#rows = doubt.after;
    await this.#lookBack(server, release);
    await this.remember(release);
  }

  /** What was remembered is what the log leads back to. */
  async #lookBack(server: Server, release: number): Promise<void> {
    const moments = this.#momentsOf(release);
    if (moments.length === 0) return;
    const moment = pick(this.#random, moments);
    const found = await this.#read(server, release, moment);
    if (found !== null) expect(found, `${this.name} as of ${moment.timeMs}`).toBe(moment.rows.toText());
  }

  /** Those that no migration is in the way of. */
  #momentsOf(release: number): Moment[] {
    const last = Date.now() - CERTAIN_AFTER_MS;
    return this.#moments.filter((moment) => moment.release >= lastRebuild(release) && moment.timeMs < last);
  }

  /** All rows, and those that a search finds. Null: the log does not reach back to the moment. */
  async #read(server: Server, release: number, moment?: Moment): Promise<string | null> {
    const added = addedColumns(release).slice(-1);
    const word = anyWord(this.#random);
    const answer = await server.graphql(
      `query ($tenant: ID!, $word: String!) ${moment ? `@asOf(time: "${new Date(moment.timeMs).toISOString()}")` : '@consistency(mode: STRONG)'} {
        notes(shardKey: $tenant, first: 100) { nodes { id title body count ${added.map((column) => `c${column}`).join(' ')} } }
        marks(shardKey: $tenant, first: 100) { nodes { id note } }
        found: notes(shardKey: $tenant, search: $word, first: 100) { nodes { id } }
      }`,
      { tenant: this.name, word },
    );
    if (moment && isRefused(answer) && (await isTrimmed(server, moment))) return null;
    expect(answer.errors).toEqual([]);
    const { notes, marks, found } = answer.data;
    const rows = new Rows(
      new Map(notes.nodes.map(({ id, ...note }: { id: string }) => [id, note])),
      new Map(marks.nodes.map(({ id, note }: { id: string; note: string }) => [id, note])),
    );
    for (const column of added) {
      for (const note of notes.nodes) expect(note[`c${column}`]).toBe(column);
    }
    const matching = [...rows.notes].filter(([, { title, body }]) => ` ${title} ${body} `.includes(` ${word} `));
    expect(found.nodes.map(({ id }: { id: string }) => id).sort()).toEqual(matching.map(([id]) => id).sort());
    return rows.toText();
  }
}

/** There is no server any more. */
class Gone extends Error {}

const orGone = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch(() => {
    throw new Gone();
  });

/** `REFUSED`: the log does not reach back to the moment that was to be restored. */
async function send(server: Server, tenant: string, { request }: Change): Promise<'DONE' | 'REFUSED'> {
  if ('restoredTo' in request) return restore(server, tenant, request.restoredTo);
  if ('imported' in request) {
    const lines = request.imported.map((row) => `${JSON.stringify(row)}\n`).join('');
    const client = new ImportClient(new ApiClient({ url: server.origin }));
    const report = await orGone(client.importRows('notes', new TextEncoder().encode(lines)));
    expect(report.failed).toBe(0);
    return 'DONE';
  }
  const answer = await orGone(server.graphql(request.document, request.variables));
  expect(answer.errors).toEqual([]);
  return 'DONE';
}

async function restore(server: Server, tenant: string, timeMs: number): Promise<'DONE' | 'REFUSED'> {
  const time = new Date(timeMs).toISOString();
  const begun = await orGone(
    confirmed(
      (query, variables) => operate(server, query, variables),
      // Others write meanwhile.
      'restore(shardKeys: [$tenant], time: $time, withLaterChanges: true)',
      'restore { id }',
      '($tenant: ID!, $time: String!)',
      { tenant, time },
    ),
  );
  if (begun.errors.length > 0) {
    expect(begun.errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) }),
    ]);
    return 'REFUSED';
  }
  await restoresEnded(server);
  return 'DONE';
}

/** Nobody takes part: shards go on by themselves. */
export async function restoresEnded(server: Server): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const { data, errors } = await orGone(operate(server, '{ restores { state endedAt } }'));
    expect(errors).toEqual([]);
    const restores: { state: string; endedAt: string | null }[] = data.restores;
    if (restores.every(({ endedAt }) => endedAt !== null)) {
      expect(restores.filter(({ state }) => state !== 'DONE')).toEqual([]);
      return;
    }
    await pause(20);
    expect(attempt).toBeLessThan(1_000);
  }
}

/** What was cut off by the log's budget, in some shard. */
async function isTrimmed(server: Server, { timeMs }: Moment): Promise<boolean> {
  const { data } = await operate(server, '{ shards { restorableSince } }');
  return data.shards.some(
    ({ restorableSince }: { restorableSince: string | null }) =>
      restorableSince !== null && Date.parse(restorableSince) > timeMs,
  );
}
