import { linkTo } from '../../app/route.ts';
import type { Shard } from '../../operations/shards.ts';
import { formatBytes, formatCount } from '../../parts/format.ts';

/** Shards next to each other have other colours. */
const COLOURS = 6;

/** Parts narrower than this share have no room for a name. */
const NAMED_SHARE = 0.06;

/** The slots as a strip. */
export function ShardMap({ shards }: { readonly shards: readonly Shard[] }) {
  const total = shards.reduce((sum, { slots }) => sum + slots, 0);
  return (
    <ol class="shard-map" aria-label="Shards by slots">
      {shards.map(({ name, slots, bytes }, index) => (
        <li key={name} style={{ flexGrow: Math.max(slots, total * 0.01) }}>
          <a
            href={linkTo('shards', name)}
            class={`shard-part colour-${index % COLOURS}`}
            title={`${name}: ${formatCount(slots)} slots, ${formatBytes(bytes)}`}
            aria-label={`${name}: ${formatCount(slots)} slots, ${formatBytes(bytes)}`}
          >
            {slots / total >= NAMED_SHARE ? name : ''}
          </a>
        </li>
      ))}
    </ol>
  );
}
