import { type ErrorCode, ShardQLError } from '../../shards/errors.ts';
import { MAX_FILTER_CONDITIONS, MAX_FILTER_DEPTH, MAX_FILTER_TERMS } from '../limits.ts';

/** Counts the comparisons, and the steps to related rows, of all filters of a plan. */
export class FilterBudget {
  #conditions = 0;
  #terms = 0;

  /** @throws ShardQLError COST_LIMIT_EXCEEDED beyond {@link MAX_FILTER_CONDITIONS}. */
  spend(): void {
    if (++this.#conditions > MAX_FILTER_CONDITIONS) {
      throw tooLarge(
        'COST_LIMIT_EXCEEDED',
        `Expected at most ${MAX_FILTER_CONDITIONS} comparisons in the filters of a field`,
      );
    }
  }

  /**
   * Members of a list, which may be empty.
   *
   * @throws ShardQLError COST_LIMIT_EXCEEDED beyond {@link MAX_FILTER_TERMS}.
   */
  spendTerms(count: number): void {
    this.#terms += count;
    if (this.#terms > MAX_FILTER_TERMS) {
      throw tooLarge('COST_LIMIT_EXCEEDED', `Expected at most ${MAX_FILTER_TERMS} members of AND and OR in the filters of a field`); // biome-ignore format: one line
    }
  }
}

/** @throws ShardQLError DEPTH_LIMIT_EXCEEDED beyond {@link MAX_FILTER_DEPTH}. */
export function checkFilterDepth(depth: number): void {
  if (depth <= MAX_FILTER_DEPTH) return;
  throw tooLarge(
    'DEPTH_LIMIT_EXCEEDED',
    `Expected at most ${MAX_FILTER_DEPTH} levels of AND, OR, NOT and relations in a filter`,
  );
}

const tooLarge = (code: ErrorCode, message: string): ShardQLError =>
  new ShardQLError(code, `${message}, but got more.`);
