/** What was committed, as acknowledged: an oracle that knows versions and times, and nothing of caches. */
import type { ConsistencyMode } from '../../../src/model/types.ts';

export interface Entry {
  readonly title: string;
  readonly label: string;
}

/** By amount, in its canonical form. */
export type Entries = ReadonlyMap<string, Entry>;

export interface Commit {
  readonly version: number;
  /** When it was acknowledged, in true time: it was made before. */
  readonly ackedAtMs: number;
  /** Absent: the entry is deleted. */
  readonly amount: string;
  readonly entry: Entry | null;
}

export interface ObservedRead {
  readonly mode: ConsistencyMode;
  /** Greatest age that the mode allows, in milliseconds; null: none is promised. */
  readonly allowedAgeMs: number | null;
  readonly account: string;
  /** Of the account's shard. */
  readonly asOf: number;
  /** In true time. */
  readonly startMs: number;
  /** Version of the account's last commit that the session had written or been shown. */
  readonly seen: number;
  /** What it showed of the account, and what that should be for given entries. */
  readonly shown: string;
  readonly expected: (entries: Entries) => string;
}

/** Clocks count whole milliseconds; isolates' clocks differ by up to half of the uncertainty. */
const ROUNDING_MS = 5;

export class AccountBook {
  readonly #commitsByAccount = new Map<string, Commit[]>();

  commit(account: string, commit: Commit): void {
    const commits = this.#commitsByAccount.get(account) ?? [];
    this.#commitsByAccount.set(account, commits);
    commits.push(commit);
    commits.sort((a, b) => a.version - b.version);
  }

  /** The account's entries as of a version of its shard. */
  entriesAt(account: string, version: number): Entries {
    const entries = new Map<string, Entry>();
    for (const commit of this.#commits(account)) {
      if (commit.version > version) break;
      if (commit.entry === null) entries.delete(commit.amount);
      else entries.set(commit.amount, commit.entry);
    }
    return entries;
  }

  /** Version of the last commit up to this one; 0: none. */
  lastUpTo(account: string, version: number): number {
    return this.#commits(account).findLast((commit) => commit.version <= version)?.version ?? 0;
  }

  newest(account: string): number {
    return this.#commits(account).at(-1)?.version ?? 0;
  }

  /** Why a read breaks its promise; null: it does not. */
  problemOf(read: ObservedRead): string | null {
    const { account, asOf, mode, seen, startMs, allowedAgeMs } = read;
    const expected = read.expected(this.entriesAt(account, asOf));
    if (read.shown !== expected) return `${read.shown} is not the state as of ${asOf}, which is ${expected}`;
    const missed = this.#commits(account).filter(({ version }) => version > asOf);
    const tooOld = (limitMs: number) => missed.find(({ ackedAtMs }) => ackedAtMs < limitMs - ROUNDING_MS);
    const lacks = (commit: Commit | undefined) =>
      commit ? `${mode} lacks ${commit.version}, acknowledged ${startMs - commit.ackedAtMs} ms before it began` : null;
    if (mode === 'STRONG') return lacks(tooOld(startMs));
    if (mode === 'SESSION' && asOf < seen) return `SESSION is as of ${asOf}, but the session has seen ${seen}`;
    return allowedAgeMs === null ? null : lacks(tooOld(startMs - allowedAgeMs));
  }

  #commits(account: string): readonly Commit[] {
    return this.#commitsByAccount.get(account) ?? [];
  }
}
