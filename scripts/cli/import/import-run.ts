import type { ImportClient } from '../import-client.ts';
import type { Checkpoint, FileProgress, RetryProgress } from './checkpoint.ts';
import type { ImportReporter } from './import-reporter.ts';
import type { FileSource } from './reading/file-source.ts';
import type { RejectFile } from './reject-file.ts';
import type { TableFile } from './table-files.ts';

/** What the parts of one import share. */
export class ImportRun {
  readonly client: ImportClient;
  readonly sources: readonly FileSource[];
  readonly checkpoint: Checkpoint;
  readonly reporter: ImportReporter;
  readonly rejects: RejectFile;
  /** Rows that wait for their parents: those of the round, and those that are left for the next. */
  orphans: readonly [RejectFile, RejectFile];
  /** Undefined: rows are only checked. */
  readonly importId: string | undefined;

  constructor(parts: Omit<ImportRun, 'save' | 'close'>) {
    this.client = parts.client;
    this.sources = parts.sources;
    this.checkpoint = parts.checkpoint;
    this.reporter = parts.reporter;
    this.rejects = parts.rejects;
    this.orphans = parts.orphans;
    this.importId = parts.importId;
  }

  /** To be called when rows are answered for, and those that failed are written down. */
  save(progress: ReadonlyMap<TableFile, FileProgress>, retry: RetryProgress = this.checkpoint.state.retry): void {
    const [waiting, left] = this.orphans;
    const { token } = this.client;
    this.checkpoint.save(
      { token, rejects: this.rejects.written, orphans: [waiting.written, left.written], retry },
      progress,
    );
  }

  async close(): Promise<void> {
    for (const file of [this.rejects, ...this.orphans]) await file.close();
  }
}
