/** How long a table is read in part once a shard could not give whole rows of it, in milliseconds. */
const LIFE_MS = 60_000;

/**
 * Tables of which some shard, which runs another release, lacks a column: whole rows of them, as row entries hold them, cannot be
 * had for a while. What readers select can, if it is there.
 */
export class PartialRows {
  readonly #untilMsByTable = new Map<string, number>();

  add(table: string, nowMs: number): void {
    this.#untilMsByTable.set(table, nowMs + LIFE_MS);
  }

  has(table: string, nowMs: number): boolean {
    const untilMs = this.#untilMsByTable.get(table);
    return untilMs !== undefined && nowMs < untilMs;
  }
}
