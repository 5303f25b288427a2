import { quantileOf, type Sketch } from '../../../lib/quantile-sketch.ts';

/**
 * The text format in which Prometheus reads metrics (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).
 */
export interface MetricFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** What is counted, in which unit, of whom. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

export interface MetricSample {
  /** Follows the family's name; histograms have `_bucket`, `_sum` and `_count`. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export const prometheusText = (families: readonly MetricFamily[]): string => families.map(familyText).join('');

function familyText({ name, type, help, samples }: MetricFamily): string {
  const lines = samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelsText(labels: MetricSample['labels']): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escapeText(value).replaceAll('"', '\\"')}"`);
  return texts.length === 0 ? '' : `{${texts.join()}}`;
}

const escapeText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

/** What quantiles a summary shows. */
const QUANTILES = [0.5, 0.95, 0.99] as const;

/** The samples of a summary, in seconds. `recent`: of the last minutes, for the quantiles; `all`: of all time. Both in milliseconds. */
export function summarySamples(
  labels: MetricSample['labels'],
  recent: Sketch | undefined,
  all: Sketch,
): MetricSample[] {
  const quantiles = QUANTILES.flatMap((quantile) => {
    const ms = recent && quantileOf(recent, quantile);
    return ms === null || ms === undefined
      ? []
      : [{ labels: { ...labels, quantile: String(quantile) }, value: ms / 1_000 }];
  });
  return [
    ...quantiles,
    { suffix: '_sum', labels, value: all.sum / 1_000 },
    { suffix: '_count', labels, value: all.count },
  ];
}

/** The samples of a histogram. `counts`: one per bound and one for the rest. */
export function histogramSamples(
  labels: MetricSample['labels'],
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
): MetricSample[] {
  let total = 0;
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => {
    total += counts[index] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound);
    return { suffix: '_bucket', labels: { ...labels, le }, value: total };
  });
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }];
}
