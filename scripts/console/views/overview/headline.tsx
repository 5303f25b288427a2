import type { SeriesPoint } from '../../operations/figures.ts';
import type { Shard } from '../../operations/shards.ts';
import { formatBytes, formatDollars, formatMs, formatRate, formatShare } from '../../parts/format.ts';
import { fullestFirst } from '../shards/capacity.ts';

interface Props {
  readonly points: readonly SeriesPoint[];
  readonly stepSeconds: number;
  readonly shards: readonly Shard[];
}

/** The last figures that are known, and sums of the whole time. */
export function Headline({ points, shards }: Props) {
  const latest = (of: (point: SeriesPoint) => number | null) =>
    points.map(of).findLast((value) => value !== null) ?? null;
  const requests = points.reduce((sum, { requestCount }) => sum + requestCount, 0);
  const errors = points.reduce((sum, { failedCount }) => sum + failedCount, 0);
  const dollars = points.reduce((sum, point) => sum + point.dollars, 0);
  const lag = latest(({ lagP95Ms }) => lagP95Ms);
  const [fullest] = fullestFirst(shards);
  const busy = points.findLast(({ requestCount }) => requestCount > 0);
  return (
    <dl class="figures" aria-label="Now">
      <Figure name="Requests per second" value={formatRate(busy?.requestsPerSecond ?? 0)} />
      <Figure name="Errors" value={requests === 0 ? '–' : formatShare(errors / requests)} />
      <Figure
        name="Latency, p95"
        value={formatMs(latest(({ p95Ms }) => p95Ms))}
        about={`p50 ${formatMs(latest(({ p50Ms }) => p50Ms))}`}
      />
      <Figure name="Cache hit ratio" value={formatShare(latest(({ hitRatio }) => hitRatio))} />
      <Figure
        name="Invalidation lag, p95"
        value={formatMs(lag)}
        about={lag === null ? 'no invalidations of KV in this period' : ''}
      />
      <Figure name="Cost in this period" value={formatDollars(dollars)} />
      <Figure
        name="Fullest shard"
        value={fullest?.bytes == null ? '–' : fullest.name}
        about={formatBytes(fullest?.bytes)}
      />
    </dl>
  );
}

function Figure({ name, value, about }: { readonly name: string; readonly value: string; readonly about?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {about && <small>{about}</small>}
      </dd>
    </div>
  );
}
