import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import {
  type Committed,
  deleteOutcome,
  OPERATION_RETENTION_MS,
  type Outcome,
  type OutcomePlace,
  readOutcome,
  readOutcomePlaces,
  storeAsOfNow,
  writeOutcome,
} from '../tables/operations-table.ts';
import { type LoggedCommit, LoggedOutcomes } from './logged-outcomes.ts';

/** Places that a burst has left are given up, but for so many: each wake reads all of them. */
const SPARE_PLACES = 32;

/** An outcome that is stored, if the transaction ends well. */
interface Remembered {
  /** Of all outcomes of this database, which one it is. */
  readonly turn: number;
  /** To be called once it is: until then it is not found. */
  readonly committed: () => void;
}

/**
 * The outcomes of recent writes, but for those that the log remembers. Where each is stored is in memory, read by the first write of a life: a few rows where little is
 * written. The oldest one gives its place to the next once its time is over.
 */
export class Outcomes {
  /** Oldest first. Null: not read yet. */
  #placeById: Map<string, OutcomePlace> | null = null;
  #lastPlace = 0;
  #lastTurn = 0;
  readonly #logged = new LoggedOutcomes();

  /** Null: the operation id is new. */
  find(session: SqlSession, id: string, nowMs: number): Outcome | LoggedCommit | null {
    const found = this.#places(session).get(id);
    return found === undefined ? this.#logged.find(session, id, nowMs) : readOutcome(session, found.place);
  }

  /** The log remembers it. Call it within the transaction, and what it gives once the commit stands. */
  logged(session: SqlSession, id: string, nowMs: number, committed: Committed): () => void {
    const places = this.#places(session);
    const [spare] = places.size > SPARE_PLACES ? overAmong(places, 1, nowMs) : [];
    if (spare !== undefined) deleteOutcome(session, spare[1].place);
    return () => {
      if (spare !== undefined) places.delete(spare[0]);
      this.#logged.add(session, id, nowMs, committed);
    };
  }

  /** The least version of the commits that may be asked for again, and that the log alone remembers, as far as this life has looked. Null: there are none. */
  leastLoggedVersion(nowMs: number): Version | null {
    return this.#logged.leastVersion(nowMs);
  }

  /** Call it within the transaction of the commit, or after that has failed. */
  remember(session: SqlSession, id: string, nowMs: number, outcome: Outcome): Remembered {
    const places = this.#places(session);
    const [first] = places.values();
    if (first !== undefined && first.atMs > nowMs + OPERATION_RETENTION_MS) this.#stampAnew(session, places, nowMs);
    const [reused, spare] = overAmong(places, 2, nowMs);
    const kept = { place: reused?.[1].place ?? this.#lastPlace + 1, turn: this.#lastTurn + 1, atMs: nowMs };
    writeOutcome(session, id, kept, outcome);
    const isGivenUp = spare !== undefined && places.size > SPARE_PLACES;
    if (isGivenUp) deleteOutcome(session, spare[1].place);
    const committed = () => {
      if (reused !== undefined) places.delete(reused[0]);
      if (isGivenUp) places.delete(spare[0]);
      places.set(id, kept);
      this.#lastTurn = kept.turn;
      this.#lastPlace = Math.max(this.#lastPlace, kept.place);
    };
    return { turn: kept.turn, committed };
  }

  /** Their clock was ahead: nothing would be over, and the table would grow, until that time has come. */
  #stampAnew(session: SqlSession, places: Map<string, OutcomePlace>, nowMs: number): void {
    const beyondMs = nowMs + OPERATION_RETENTION_MS;
    storeAsOfNow(session, nowMs, beyondMs);
    for (const [id, place] of places) if (place.atMs > beyondMs) places.set(id, { ...place, atMs: nowMs });
  }

  #places(session: SqlSession): Map<string, OutcomePlace> {
    if (this.#placeById !== null) return this.#placeById;
    this.#placeById = new Map(readOutcomePlaces(session));
    for (const { place, turn } of this.#placeById.values()) {
      this.#lastPlace = Math.max(this.#lastPlace, place);
      this.#lastTurn = Math.max(this.#lastTurn, turn);
    }
    return this.#placeById;
  }
}

/** Of the oldest ones, so many, those whose time is over. */
const overAmong = (places: ReadonlyMap<string, OutcomePlace>, count: number, nowMs: number) =>
  [...firstOf(places, count)].filter(([, { atMs }]) => atMs < nowMs - OPERATION_RETENTION_MS);

function* firstOf<T>(all: Iterable<T>, count: number): Generator<T, void, undefined> {
  let left = count;
  for (const each of all) {
    if (left-- <= 0) return;
    yield each;
  }
}
