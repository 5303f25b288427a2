/** Bytes of a line: four for each that a row may have, since JSON may need several. The row itself is measured by its shard. */
export const MAX_LINE_BYTES = 4 * 2_000_000;
