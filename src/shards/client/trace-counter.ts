import type { WorkCounts } from '../protocol/envelope.ts';
import type { ShardTrace } from './shard-client.ts';

/** Adds up what a request costs. */
export class TraceCounter implements ShardTrace {
  readonly shards = new Set<string>();
  rpcs = 0;
  statements = 0;
  rowsRead = 0;
  rowsWritten = 0;
  charactersRead = 0;

  called(shard: string): void {
    this.shards.add(shard);
    this.rpcs++;
  }

  received(characters: number): void {
    this.charactersRead += characters;
  }

  worked(counts: WorkCounts): void {
    this.statements += counts.statements;
    this.rowsRead += counts.rowsRead;
    this.rowsWritten += counts.rowsWritten;
  }
}
