import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { isDark } from '../app/theme.ts';
import { formatTicks, formatTime } from './format.ts';

export interface Line {
  readonly label: string;
  /** A custom property of the styles, such as `--plot-1`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

interface Props {
  readonly title: string;
  readonly atMs: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number | null) => string;
  /** Top of the axis, where values have one. */
  readonly max?: number;
}

const HEIGHT = 140;

/** Lines over time. Those who cannot see them have the last values in words, and all of them in a table. */
export function Plot({ title, atMs, lines, format, max }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const dark = isDark.value;
  const labels = lines.map(({ label }) => label).join();

  useEffect(() => {
    const made = new uPlot(
      optionsOf(place.current!.clientWidth, lines, format, max),
      dataOf(atMs, lines),
      place.current!,
    );
    plot.current = made;
    const observer = new ResizeObserver(([entry]) => made.setSize({ width: entry!.contentRect.width, height: HEIGHT }));
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [dark, labels, max]);

  useEffect(() => {
    plot.current?.setData(dataOf(atMs, lines));
  }, [atMs, lines]);

  const latest = lines.map(
    ({ label, values }) => `${label} ${format(values.findLast((value) => value !== null) ?? null)}`,
  );
  return (
    <figure class="plot">
      <figcaption>
        <h3>{title}</h3>
        <p class="legend">
          {lines.map(({ label, colour, values }) => (
            <span key={label}>
              <i style={{ background: `var(${colour})` }} aria-hidden="true" />
              {label} <b>{format(values.findLast((value) => value !== null) ?? null)}</b>
            </span>
          ))}
        </p>
      </figcaption>
      <div ref={place} role="img" aria-label={`${title} over time; latest: ${latest.join(', ')}`} class="plot-place" />
      <details>
        <summary>
          As a table<span class="hidden">: {title}</span>
        </summary>
        <PlotTable title={title} atMs={atMs} lines={lines} format={format} />
      </details>
    </figure>
  );
}

function PlotTable({ title, atMs, lines, format }: Omit<Props, 'max'>) {
  return (
    <section class="table-frame low" tabindex={0} aria-label={`${title}, all values`}>
      <table>
        <caption class="hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" class="figure">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {atMs
            .map((at, index) => (
              <tr key={at}>
                <th scope="row">{formatTime(at)}</th>
                {lines.map(({ label, values }) => (
                  <td key={label} class="figure">
                    {format(values[index] ?? null)}
                  </td>
                ))}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </section>
  );
}

const dataOf = (atMs: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  atMs.map((at) => at / 1_000),
  ...lines.map(({ values }) => [...values]),
];

function optionsOf(width: number, lines: readonly Line[], format: Props['format'], max?: number): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--plot-text'),
    grid: { stroke: colour('--plot-grid'), width: 1 },
    ticks: { show: false },
  };
  const font = '11px system-ui, sans-serif';
  return {
    width: Math.max(120, width),
    height: HEIGHT,
    legend: { show: false },
    cursor: { points: { size: 6 } },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), max ?? niceTop(high)] } },
    axes: [
      { ...axis, font, space: 60, size: 28, values: (_, splits) => formatTicks(splits) },
      { ...axis, font, size: 56, space: 36, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        points: { size: 5, fill: colour(name), filter: alone },
        spanGaps: false,
      })),
    ],
  };
}

/** Values between gaps, which no line shows. Null: the points of all. */
function alone(plot: uPlot, series: number, isShown: boolean): number[] | null {
  if (isShown) return null;
  const values = plot.data[series]!;
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

/** An axis without values, or with zeros alone, has a height too. */
const niceTop = (high: number | null): number => (high && high > 0 ? high * 1.15 : 1);
