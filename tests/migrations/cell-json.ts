/** SQLite's values as JSON, between Node and workerd. */

/** Integers as bigint and bytes have forms of their own. */
export const cellsToJson = (value: unknown): string =>
  JSON.stringify(value, (_, cell: unknown) => {
    if (typeof cell === 'bigint') return { $integer: String(cell) };
    return cell instanceof Uint8Array ? { $bytes: [...cell] } : cell;
  });

export const cellsFromJson = (text: string): unknown =>
  JSON.parse(text, (_, cell: { $integer?: string; $bytes?: number[] } | null) => {
    if (typeof cell?.$integer === 'string') return BigInt(cell.$integer);
    return Array.isArray(cell?.$bytes) ? Uint8Array.from(cell.$bytes) : cell;
  });
