import { linkTo } from '../../app/route.ts';
import type { Shard } from '../../operations/shards.ts';
import { formatBytes, formatCount } from '../../parts/format.ts';

/** Shards next to each other have other colours. */
const COLOURS = 6;

/** All shard keys that were not placed are in one of them. */
const SLOTS = 16_384;

/** Parts narrower than this share have no room for a name. */
const NAMED_SHARE = 0.06;

interface Part {
  readonly shard: Shard;
  readonly colour: number;
  readonly first: number;
  readonly last: number;
}

/** The slots as a strip, in their order. */
export function ShardMap({ shards }: { readonly shards: readonly Shard[] }) {
  return (
    <ol class="shard-map" aria-label="Shards by slots">
      {partsOf(shards).map(({ shard: { name, bytes }, colour, first, last }) => {
        const slots = last - first + 1;
        const label = `${name}: slots ${formatCount(first)} to ${formatCount(last)}, ${formatBytes(bytes)}`;
        return (
          <li key={first} style={{ flexGrow: slots }}>
            <a href={linkTo('shards', name)} class={`shard-part colour-${colour}`} title={label} aria-label={label}>
              {slots / SLOTS >= NAMED_SHARE ? name : ''}
            </a>
          </li>
        );
      })}
    </ol>
  );
}

/** Slots beyond the last are of shard keys that were placed, each of one. */
const partsOf = (shards: readonly Shard[]): Part[] =>
  shards
    .flatMap((shard, index) =>
      shard.slotRanges
        .filter(([first]) => first < SLOTS)
        .map(([first, last]) => ({ shard, colour: index % COLOURS, first, last })),
    )
    .sort((a, b) => a.first - b.first);
