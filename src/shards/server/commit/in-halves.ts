/** How the rows are found that are to blame for a statement that failed. */
import { isLost } from '../to-shard-error.ts';

type Fail<Item> = (item: Item, error: unknown) => void;

/**
 * Does `work` for all items at once and, where that fails, for halves of them, in order, down to those that are to blame.
 *
 * @param work undoes itself when it throws.
 * @param fail may throw, which ends it all.
 */
export function inHalves<Item>(items: readonly Item[], work: (items: readonly Item[]) => void, fail: Fail<Item>): void {
  try {
    work(items);
  } catch (error) {
    if (isLost(error)) throw error;
    if (items.length === 1) {
      fail(items[0]!, error);
      return;
    }
    const middle = items.length >> 1;
    inHalves(items.slice(0, middle), work, fail);
    inHalves(items.slice(middle), work, fail);
  }
}

/**
 * For items that may wait for others, such as rows that refer to later ones: those that were postponed are tried again, the
 * last ones first, for as long as some of them succeed.
 *
 * @returns those that were postponed to the end, with their errors.
 */
export function untilNoneSucceeds<Item, Reason>(
  items: readonly Item[],
  attempt: (items: readonly Item[], postpone: (item: Item, reason: Reason) => void) => void,
): Map<Item, Reason> {
  for (let pending = items; ; ) {
    const postponed = new Map<Item, Reason>();
    attempt(pending, (item, reason) => postponed.set(item, reason));
    if (postponed.size === 0 || postponed.size === pending.length) return postponed;
    pending = [...postponed.keys()].reverse();
  }
}
