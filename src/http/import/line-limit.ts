import { MAX_ROW_BYTES } from '../../shards/limits.ts';

/** Bytes of a line: JSON may need several for one of the row. The row itself is measured by its shard. */
export const MAX_LINE_BYTES = 4 * MAX_ROW_BYTES;
