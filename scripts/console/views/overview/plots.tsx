import { useMemo } from 'preact/hooks';
import type { SeriesPoint } from '../../operations/figures.ts';
import { formatDollars, formatMs, formatRate, formatShare } from '../../parts/format.ts';
import { type Line, Plot } from '../../parts/plot.tsx';

interface Drawn {
  readonly title: string;
  readonly format: (value: number | null) => string;
  readonly max?: number;
  readonly lines: readonly {
    readonly label: string;
    readonly colour: string;
    readonly of: (point: SeriesPoint, stepSeconds: number) => number | null;
  }[];
}

const HOUR_SECONDS = 3_600;

const PLOTS: readonly Drawn[] = [
  {
    title: 'Requests per second',
    format: formatRate,
    lines: [{ label: 'requests', colour: '--plot-1', of: ({ requestsPerSecond }) => requestsPerSecond }],
  },
  {
    title: 'Latency',
    format: formatMs,
    lines: [
      { label: 'p50', colour: '--plot-1', of: ({ p50Ms }) => p50Ms },
      { label: 'p95', colour: '--plot-2', of: ({ p95Ms }) => p95Ms },
      { label: 'p99', colour: '--plot-3', of: ({ p99Ms }) => p99Ms },
    ],
  },
  {
    title: 'Errors',
    format: formatShare,
    lines: [{ label: 'of requests', colour: '--plot-bad', of: ({ errorRate }) => errorRate }],
  },
  {
    title: 'Cache hit ratio',
    format: formatShare,
    max: 1,
    lines: [{ label: 'hits', colour: '--plot-good', of: ({ hitRatio }) => hitRatio }],
  },
  {
    title: 'Invalidation lag',
    format: formatMs,
    lines: [{ label: 'p95', colour: '--plot-2', of: ({ lagP95Ms }) => lagP95Ms }],
  },
  {
    title: 'Cost, dollars per hour',
    format: formatDollars,
    lines: [
      {
        ...{ label: 'at list prices', colour: '--plot-3' },
        of: ({ dollars }, stepSeconds) => (dollars / stepSeconds) * HOUR_SECONDS,
      },
    ],
  },
];

interface Props {
  readonly points: readonly SeriesPoint[];
  readonly stepSeconds: number;
}

export function Plots({ points, stepSeconds }: Props) {
  const atMs = useMemo(() => points.map(({ at }) => Date.parse(at)), [points]);
  const drawn = useMemo(
    () => PLOTS.map((plot) => ({ ...plot, lines: plot.lines.map((line) => toLine(line, points, stepSeconds)) })),
    [points, stepSeconds],
  );
  return (
    <div class="plots">
      {drawn.map((plot) => (
        <Plot key={plot.title} {...plot} atMs={atMs} />
      ))}
    </div>
  );
}

const toLine = (
  { label, colour, of }: Drawn['lines'][number],
  points: readonly SeriesPoint[],
  stepSeconds: number,
): Line => ({
  label,
  colour,
  values: points.map((point) => of(point, stepSeconds)),
});
