/** Judges what clients saw against what was committed when. Knows nothing of caches, stamps or tokens. */

import type { ConsistencyMode } from '../../src/model/types.ts';
import type { Answer } from '../../src/shards/plan/answer.ts';
import type { Customers, Question } from './cached-shop.ts';

/** A commit, and the tenant's customers after it. */
export interface Commit {
  /** When, in true time. */
  readonly atMs: number;
  readonly customers: Customers;
}

export interface ObservedRead {
  readonly mode: ConsistencyMode;
  /** Of BOUNDED. */
  readonly maxStalenessMs: number | null;
  readonly question: Question;
  /** In true time. */
  readonly startMs: number;
  readonly endMs: number;
  /** Per tenant, the newest commit that the session had written or been shown when the read began. */
  readonly seen: ReadonlyMap<string, number>;
  readonly answer: Answer;
}

/** Clocks count whole milliseconds. */
const ROUNDING_MS = 2;

export class Checker {
  readonly #commitsByTenant = new Map<string, Commit[]>();
  readonly #lifeMs: number;

  /** `lifeMs`: greatest age that CACHED allows. */
  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  commit(tenant: string, commit: Commit): number {
    const commits = this.#commitsByTenant.get(tenant) ?? [];
    this.#commitsByTenant.set(tenant, commits);
    return commits.push(commit) - 1;
  }

  customers(tenant: string): Customers {
    return this.#commitsByTenant.get(tenant)!.at(-1)!.customers;
  }

  /**
   * Why the read breaks its promise, or per tenant the oldest commit that it may have shown.
   */
  judge(read: ObservedRead): { readonly problem: string } | { readonly shown: ReadonlyMap<string, number> } {
    const shown = new Map<string, number>();
    for (const tenant of read.question.tenants) {
      const text = read.question.shown(read.answer, tenant);
      const commits = this.#commitsByTenant.get(tenant)!;
      const matching = commits.flatMap(({ customers }, at) =>
        read.question.expected(customers, tenant) === text ? [at] : [],
      );
      const allowed = matching.filter((at) => this.#isAllowed(read, tenant, at));
      if (allowed.length === 0) {
        const ages = matching.map((at) => `#${at} (until ${this.#endMs(tenant, at) - read.startMs} ms from its start)`);
        return {
          problem: `${read.mode}${read.maxStalenessMs === null ? '' : ` ${read.maxStalenessMs}`} ${read.question.title} gave ${text}, which is ${ages.join(', ') || 'no state there was'}; newest #${commits.length - 1}, seen #${read.seen.get(tenant) ?? 0}`,
        };
      }
      shown.set(tenant, allowed[0]!);
    }
    return { shown };
  }

  #isAllowed({ mode, maxStalenessMs, startMs, endMs, seen }: ObservedRead, tenant: string, at: number): boolean {
    const commits = this.#commitsByTenant.get(tenant)!;
    if (commits[at]!.atMs > endMs) return false;
    const currentUntilMs = this.#endMs(tenant, at) + ROUNDING_MS;
    switch (mode) {
      case 'STRONG':
        // The last commit before the read began was followed by others before it ended, or is the one shown.
        return this.#endMs(tenant, at) >= startMs;
      case 'BOUNDED':
        return currentUntilMs >= startMs - maxStalenessMs!;
      case 'SESSION':
        return at >= (seen.get(tenant) ?? 0);
      case 'CACHED':
        return currentUntilMs >= startMs - this.#lifeMs;
    }
  }

  /** Until when a commit's state was the current one. */
  #endMs(tenant: string, at: number): number {
    return this.#commitsByTenant.get(tenant)![at + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  }
}
