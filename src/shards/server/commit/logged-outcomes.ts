import { BoundedMap } from '../../../lib/bounded-map.ts';
import { MEMORY } from '../../isolate-memory.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { type Version, versionAt, versionToMs } from '../../version.ts';
import { eachCommitBackwards } from '../tables/log-commits.ts';
import { type Committed, OPERATION_RETENTION_MS } from '../tables/operations-table.ts';

/** A commit that the log remembers. */
export interface LoggedCommit {
  readonly version: Version;
  /** Null: not in memory any more, to be worked out from the log. */
  readonly results: Committed['results'] | null;
}

interface Entry {
  readonly version: Version;
  /** When it was made, in milliseconds since 1970; of one of an earlier life: when it was read. */
  readonly atMs: number;
}

/** What an answer takes beside its text, in bytes. */
const ANSWER_BYTES = 100;

/**
 * The recent commits that need no outcome of their own: the log has their operation id. In memory, with as many of their answers as there is
 * room for; those of earlier lives are read by the first write of a life.
 */
export class LoggedOutcomes {
  /** Oldest first. Null: the log was not read yet. */
  #entryById: Map<string, Entry> | null = null;
  readonly #answerById = new BoundedMap<string, Committed['results']>(MEMORY.outcomes);

  /** Null: no commit of the retry window has this origin. */
  find(session: SqlSession, id: string, nowMs: number): LoggedCommit | null {
    const entry = this.#entries(session, nowMs).get(id);
    return entry === undefined ? null : { version: entry.version, results: this.#answerById.get(id) ?? null };
  }

  /** Call it once the commit stands. */
  add(session: SqlSession, id: string, nowMs: number, { version, results }: Committed): void {
    this.#forgetOld(this.#entries(session, nowMs), nowMs).set(id, { version, atMs: nowMs });
    this.#answerById.set(id, results, 2 * (id.length + results.length) + ANSWER_BYTES);
  }

  /** The least version of what may be asked for again; null: nothing, or nothing of the log was read in this life. */
  leastVersion(nowMs: number): Version | null {
    if (this.#entryById === null) return null;
    const [oldest] = this.#forgetOld(this.#entryById, nowMs).values();
    return oldest?.version ?? null;
  }

  #forgetOld(entries: Map<string, Entry>, nowMs: number): Map<string, Entry> {
    for (const [id, entry] of entries) {
      if (entry.atMs > nowMs + OPERATION_RETENTION_MS) {
        // The clock was ahead: how old it is nobody knows.
        entries.set(id, { ...entry, atMs: nowMs });
        continue;
      }
      if (entry.atMs >= nowMs - OPERATION_RETENTION_MS) break;
      entries.delete(id);
      this.#answerById.delete(id);
    }
    return entries;
  }

  #entries(session: SqlSession, nowMs: number): Map<string, Entry> {
    this.#entryById ??= readEntries(session, nowMs);
    return this.#entryById;
  }
}

/**
 * Clocks may leap between two lives, but versions do not: what was made within the retry window before the last commit is all
 * that may have been made within it before now.
 */
function readEntries(session: SqlSession, nowMs: number): Map<string, Entry> {
  const commits: (readonly [id: string, entry: Entry])[] = [];
  let since: Version | null = null;
  for (const { version, origin } of eachCommitBackwards(session)) {
    since ??= versionAt(versionToMs(version) - OPERATION_RETENTION_MS);
    if (version < since) break;
    commits.push([origin, { version, atMs: nowMs }]);
  }
  return new Map(commits.reverse());
}

/**
 * Whether versions are close enough to time for the log to tell, later on, that a commit is one of the retry window. They are not where
 * the clock was ahead.
 */
export const isTimely = (version: Version, nowMs: number): boolean =>
  versionToMs(version) <= nowMs + OPERATION_RETENTION_MS;
