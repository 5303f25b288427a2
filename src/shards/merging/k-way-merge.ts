import type { Comparator } from './compare-rows.ts';

/**
 * The first `limit` items, in order, of several lists that are each in order. Equal items come in the order of their
 * lists. Cost: `limit` times the logarithm of the number of lists.
 */
export function mergeSorted<T>(lists: readonly (readonly T[])[], compare: Comparator<T>, limit: number): T[] {
  const heads = lists.filter((list) => list.length > 0).map((list, rank): Head<T> => ({ list, rank, next: 0 }));
  const isBefore = (a: Head<T>, b: Head<T>): boolean => {
    const order = compare(a.list[a.next]!, b.list[b.next]!);
    return order < 0 || (order === 0 && a.rank < b.rank);
  };
  for (let index = (heads.length >> 1) - 1; index >= 0; index--) sink(heads, index, isBefore);

  const merged: T[] = [];
  while (merged.length < limit && heads.length > 0) {
    const least = heads[0]!;
    merged.push(least.list[least.next++]!);
    if (least.next === least.list.length) {
      const last = heads.pop()!;
      if (heads.length === 0) break;
      heads[0] = last;
    }
    sink(heads, 0, isBefore);
  }
  return merged;
}

interface Head<T> {
  readonly list: readonly T[];
  readonly rank: number;
  next: number;
}

/** Restores the heap below `index`: no entry is before its parent. */
function sink<T>(heap: Head<T>[], index: number, isBefore: (a: Head<T>, b: Head<T>) => boolean): void {
  for (;;) {
    let least = index;
    for (const child of [2 * index + 1, 2 * index + 2]) {
      if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child;
    }
    if (least === index) return;
    [heap[index], heap[least]] = [heap[least]!, heap[index]!];
    index = least;
  }
}
