import type { SlotRange } from '../slots.ts';

/** `ranges` without the slots of `taken`, ascending. */
export const withoutSlots = (ranges: readonly SlotRange[], [first, last]: SlotRange): SlotRange[] =>
  ranges
    .flatMap(([from, to]): SlotRange[] => [
      [from, Math.min(to, first - 1)],
      [Math.max(from, last + 1), to],
    ])
    .filter(([from, to]) => from <= to);

/** `ranges` with the slots of `added` (of which it holds none), ascending, neighbours joined. */
export function withSlots(ranges: readonly SlotRange[], added: SlotRange): SlotRange[] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges, added].sort((a, b) => a[0] - b[0])) {
    const previous = joined.at(-1);
    if (previous && previous[1] + 1 === first) previous[1] = last;
    else joined.push([first, last]);
  }
  return joined;
}

/** True if any slot of `range` is among `ranges`. */
export const holdsAnyOf = (ranges: readonly SlotRange[], [first, last]: SlotRange): boolean =>
  ranges.some(([from, to]) => from <= last && first <= to);
