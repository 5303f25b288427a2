import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** With which a terminal, a system that shuts down, and a job's time limit end a command. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A folder for what a command needs for a while: rows of everybody, so it goes with the command, also if that is interrupted. */
export class TemporaryFolder implements Disposable {
  readonly path: string;
  readonly #end = (signal: NodeJS.Signals): void => {
    this[Symbol.dispose]();
    // No listener of ours is left: it ends as if there had been none.
    process.kill(process.pid, signal);
  };

  /** @param prefix of its name, in the system's folder for temporary files. Its owner alone can read it. */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix));
    for (const signal of SIGNALS) process.once(signal, this.#end);
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.#end);
    rmSync(this.path, { recursive: true, force: true });
  }
}
