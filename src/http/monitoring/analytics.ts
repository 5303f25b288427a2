import type { Env } from '../env.ts';
import type { RequestRecord } from './request-record.ts';

/** Bytes of an index that the platform takes (developers.cloudflare.com/analytics/analytics-engine/limits). */
const MAX_INDEX_BYTES = 96;

/**
 * Writes one data point for each request, and each batch of the queue, to the Analytics Engine where a dataset is bound. Columns are
 * only ever added: see docs/operating.md. The index is the operation, so that sampling leaves none out.
 */
export function writeDataPoint(record: RequestRecord, { ANALYTICS: dataset, CF_VERSION_METADATA: version }: Env): void {
  if (dataset === undefined) return;
  const { operation, kind, path, role, mode, source, codes, shard, durationMs, usage } = record;
  const { rowsRead, rowsWritten, objectRequests, kvReads, kvPuts, queueMessages } = usage;
  const hash = operation?.hash ?? path;
  dataset.writeDataPoint({
    // Of ASCII characters alone.
    indexes: [hash.slice(0, MAX_INDEX_BYTES)],
    blobs: [
      ...[kind, operation ? (operation.name ?? '') : path, hash, role, mode, source],
      ...[codes[0] ?? '', shard ?? '', version?.id ?? ''],
    ],
    doubles: [
      durationMs,
      codes.length > 0 ? 1 : 0,
      rowsRead,
      rowsWritten,
      objectRequests,
      kvReads,
      kvPuts,
      queueMessages,
    ],
  });
}
