import { markdownTable } from './markdown-table.ts';
import type { Row } from './ratios.ts';

const HEAD = [
  '',
  'CPU ms/request',
  'least–most',
  'requests/s',
  'p50 ms',
  'p99 ms',
  '× plain',
  '× point read',
  '× plan',
];

export const figuresTable = (rows: readonly Row[]): string =>
  markdownTable(
    HEAD,
    rows.map((row) => [
      `${row.name}: ${row.title}`,
      milliseconds(row.cpuMs),
      `${milliseconds(Math.min(...row.cpuMsOfRounds))}–${milliseconds(Math.max(...row.cpuMsOfRounds))}`,
      String(Math.round(row.requestsPerSecond)),
      milliseconds(row.p50Ms),
      milliseconds(row.p99Ms),
      times(row.ratios.toPlain),
      times(row.ratios.toPointRead),
      times(row.ratios.toPlan),
    ]),
  );

/** Three significant digits: more than the machine repeats. */
const milliseconds = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const times = (ratio: number | null): string => (ratio === null ? '' : ratio.toFixed(ratio < 10 ? 2 : 1));
