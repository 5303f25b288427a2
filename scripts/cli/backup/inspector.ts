import { Worker } from 'node:worker_threads';
import { ownFile } from '../../project/folders.ts';
import { CliError } from '../cli-error.ts';
import type { InspectedFile } from './inspect-file.ts';

/** What the thread answers. */
export type Inspection = { readonly path: string } & ({ readonly file: InspectedFile } | { readonly error: string });

/**
 * Reads files in a thread of its own, so that the next one is made meanwhile: to look at each row takes as long as to write it.
 */
export class Inspector implements AsyncDisposable {
  readonly #thread = new Worker(ownFile('scripts/cli/backup/inspector-thread.ts'));
  readonly #waiting = new Map<string, PromiseWithResolvers<InspectedFile>>();

  constructor() {
    this.#thread.on('message', (answer: Inspection) => {
      const waiting = this.#waiting.get(answer.path)!;
      this.#waiting.delete(answer.path);
      if ('file' in answer) waiting.resolve(answer.file);
      else waiting.reject(new CliError(`Expected ${answer.path} to be readable, but got: ${answer.error}`));
    });
    // It has no memory left, say.
    this.#thread.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  /** Of a file that nobody else looks at meanwhile. */
  inspect(path: string): Promise<InspectedFile> {
    const waiting = Promise.withResolvers<InspectedFile>();
    this.#waiting.set(path, waiting);
    this.#thread.postMessage(path);
    return waiting.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread.terminate();
  }
}
