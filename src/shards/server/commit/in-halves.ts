/** How those of many items are found that are to blame for a statement that failed. */
import { isLost } from '../to-shard-error.ts';

type Fail<Item> = (item: Item, error: unknown) => void;

/** Work on many items at once. */
interface BulkWork<Item> {
  /** Splits items into runs for {@link run}. */
  readonly split: (items: readonly Item[]) => Iterable<readonly Item[]>;
  /** Undoes itself when it throws. */
  readonly run: (items: readonly Item[]) => void;
  /** True for a failure of these items that may pass once others are done, as that of a row that refers to a later one. */
  readonly mayPass: (error: unknown, items: readonly Item[]) => boolean;
  /** Called for each item to blame, as a rule in order. May throw, which ends it all. */
  readonly fail: Fail<Item>;
}

/**
 * Does the work for all items: in whole runs and, where that fails, in halves of them, down to the items that are to blame.
 * What may pass is tried again, the last ones first, for as long as something else succeeds.
 */
export function inHalves<Item>(items: readonly Item[], { split, run, mayPass, fail }: BulkWork<Item>): void {
  const waiting: Item[] = [];
  const failOrWait: Fail<Item> = (item, error) => (mayPass(error, [item]) ? waiting.push(item) : fail(item, error));
  const blocked = untilNoneSucceeds([...split(items)], (runs, postpone) => {
    for (const some of runs) {
      try {
        run(some);
      } catch (error) {
        if (isLost(error)) throw error;
        if (mayPass(error, some)) postpone(some, error);
        else halve(some, error, run, failOrWait);
      }
    }
  });
  waiting.push(...[...blocked.keys()].flat());
  const stuck = untilNoneSucceeds(waiting, (some, postpone) => {
    const failOrPostpone: Fail<Item> = (item, error) =>
      mayPass(error, [item]) ? postpone(item, error) : fail(item, error);
    for (const each of split(some)) tryInHalves(each, run, failOrPostpone);
  });
  if (stuck.size > 0) for (const item of items) if (stuck.has(item)) fail(item, stuck.get(item));
}

function tryInHalves<Item>(items: readonly Item[], run: BulkWork<Item>['run'], fail: Fail<Item>): void {
  try {
    run(items);
  } catch (error) {
    if (isLost(error)) throw error;
    halve(items, error, run, fail);
  }
}

function halve<Item>(items: readonly Item[], error: unknown, run: BulkWork<Item>['run'], fail: Fail<Item>): void {
  if (items.length === 1) {
    fail(items[0]!, error);
    return;
  }
  const middle = items.length >> 1;
  tryInHalves(items.slice(0, middle), run, fail);
  tryInHalves(items.slice(middle), run, fail);
}

/** Gives those that were postponed to the end, with their errors. */
function untilNoneSucceeds<Item>(
  items: readonly Item[],
  attempt: (items: readonly Item[], postpone: Fail<Item>) => void,
): ReadonlyMap<Item, unknown> {
  for (let pending = items; ; ) {
    const postponed = new Map<Item, unknown>();
    attempt(pending, (item, error) => postponed.set(item, error));
    if (postponed.size === 0 || postponed.size === pending.length) return postponed;
    pending = [...postponed.keys()].reverse();
  }
}
