import type { Work } from '../measure/count-work.ts';
import { markdownTable } from './markdown-table.ts';

export const workTable = (rows: readonly Work[]): string =>
  markdownTable(
    ['per request', 'calls to shards', 'KV bulk gets', 'keys in them', 'KV puts'],
    rows.map(({ name, rpcs, kvGets, kvKeys, kvPuts }) => [
      name,
      ...[rpcs, kvGets, kvKeys, kvPuts].map((value) => value.toFixed(2)),
    ]),
  );
