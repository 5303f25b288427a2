import type { WorkCounts } from '../protocol/envelope.ts';
import type { WorkMeter } from '../work-meter.ts';
import type { ShardTrace } from './shard-client.ts';

/** Adds up what a request costs. */
export class TraceCounter implements ShardTrace {
  readonly shards = new Set<string>();
  rpcs = 0;
  statements = 0;
  rowsRead = 0;
  rowsWritten = 0;
  charactersRead = 0;
  readonly #meter: WorkMeter | undefined;

  constructor(meter?: WorkMeter) {
    this.#meter = meter;
  }

  called(shard: string): void {
    this.shards.add(shard);
    this.rpcs++;
    this.#meter?.used('objectRequests', 1);
  }

  received(characters: number): void {
    this.charactersRead += characters;
  }

  worked(counts: WorkCounts): void {
    this.statements += counts.statements;
    this.rowsRead += counts.rowsRead;
    this.rowsWritten += counts.rowsWritten;
    this.#meter?.used('rowsRead', counts.rowsRead);
    if (counts.rowsWritten > 0) this.#meter?.used('rowsWritten', counts.rowsWritten);
  }
}
