import type { SeriesPoint } from '../../operations/figures.ts';
import type { Shard } from '../../operations/shards.ts';
import { formatAge, formatBytes, formatDollars, formatMs, formatRate, formatShare } from '../../parts/format.ts';
import { useNow } from '../../parts/use-now.ts';
import { fullestFirst } from '../shards/capacity.ts';

interface Props {
  readonly points: readonly SeriesPoint[];
  readonly stepSeconds: number;
  /** When they came, in milliseconds since 1970. */
  readonly atMs: number;
  readonly shards: readonly Shard[];
}

const TICK_MS = 10_000;
/** Isolates report every ten seconds, and what they report is shown within the next: what is younger is the latest there can be. */
const FRESH_MS = 45_000;

/** The last figures that are known, with their age where that is no longer now, and sums of the whole time. */
export function Headline({ points, stepSeconds, atMs, shards }: Props) {
  const now = useNow(TICK_MS, { isAlways: true });
  const endOf = (point: SeriesPoint) => Date.parse(point.at) + stepSeconds * 1_000;
  const last = points.at(-1);
  /** By the clock of the server, whose last step is under way when it answers. */
  const ageOf = (point: SeriesPoint) => Math.max(0, endOf(last!) - endOf(point)) + Math.max(0, now - atMs);
  const latest = (name: string, of: (point: SeriesPoint) => number | null, format: (value: number) => string) => {
    const point = points.findLast((each) => of(each) !== null);
    if (point === undefined) return { name, value: '–', ageMs: 0 };
    return { name, value: format(of(point)!), ageMs: ageOf(point) };
  };
  const requests = points.reduce((sum, { requestCount }) => sum + requestCount, 0);
  const errors = points.reduce((sum, { failedCount }) => sum + failedCount, 0);
  const dollars = points.reduce((sum, point) => sum + point.dollars, 0);
  const [fullest] = fullestFirst(shards);
  const lag = latest('Invalidation lag, p95', ({ lagP95Ms }) => lagP95Ms, formatMs);
  return (
    <dl class="figures" aria-label="Now">
      <Figure {...latest('Requests per second', busyRate, formatRate)} />
      <Figure name="Errors in this period" value={requests === 0 ? '–' : formatShare(errors / requests)} />
      <Figure
        {...latest('Latency, p95', ({ p95Ms }) => p95Ms, formatMs)}
        about={`p50 ${latest('', ({ p50Ms }) => p50Ms, formatMs).value}`}
      />
      <Figure {...latest('Cache hit ratio', ({ hitRatio }) => hitRatio, formatShare)} />
      <Figure {...lag} about={lag.value === '–' ? 'no invalidations of KV in this period' : ''} />
      <Figure name="Cost in this period" value={formatDollars(dollars)} />
      <Figure
        name="Fullest shard"
        value={fullest?.bytes == null ? '–' : fullest.name}
        about={formatBytes(fullest?.bytes)}
      />
    </dl>
  );
}

/** Of a step in which something was asked: the last ones may only not be reported yet. */
const busyRate = ({ requestCount, requestsPerSecond }: SeriesPoint): number | null =>
  requestCount > 0 ? requestsPerSecond : null;

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly about?: string;
  /** Of the value, which is shown where it is not fresh. Default: it is. */
  readonly ageMs?: number;
}

function Figure({ name, value, about, ageMs = 0 }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {about && <small>{about}</small>}
        {ageMs > FRESH_MS && <small class="stale">{formatAge(ageMs)} ago</small>}
      </dd>
    </div>
  );
}
