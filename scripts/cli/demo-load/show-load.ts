import { alignColumns } from '../align-columns.ts';
import type { LoadResult } from './run-demo-load.ts';
import type { OperationTally } from './tally.ts';

const HEAD = ['OPERATION', 'REQUESTS', 'P50 MS', 'P95 MS', 'MAX MS', 'ERRORS'];

/** What a load has measured, as text for people: a line per operation. */
export function showLoad({ tally, seconds, leftOut }: LoadResult): string {
  const rate = (tally.requests / seconds).toFixed(1);
  const total = `${tally.requests.toLocaleString('en')} requests in ${seconds.toFixed(0)} s: ${rate} per second`;
  return [
    alignColumns([HEAD, ...[...tally.operations(), tally.total()].map(cells)]),
    total,
    ...(leftOut > 0
      ? [`${leftOut.toLocaleString('en')} more were left out: the API did not answer as fast as it was asked.`]
      : []),
  ].join('\n\n');
}

const cells = ({ name, requests, errors, p50Ms, p95Ms, maxMs }: OperationTally): string[] => [
  name,
  requests.toLocaleString('en'),
  ...[p50Ms, p95Ms, maxMs].map((time) => time?.toFixed(1) ?? '-'),
  Object.entries(errors)
    .map(([code, count]) => `${count} ${code}`)
    .join(', '),
];
