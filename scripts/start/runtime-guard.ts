import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ownFile } from '../project/folders.ts';
import type { DataFolder } from './data-folder.ts';

/**
 * Sees to it that no runtime outlives this process: workerd does not notice when its parent is killed. Each workerd
 * that Miniflare starts, also after a crash, is told to the watchdog at once and noted in the data folder in case the
 * watchdog is killed as well.
 */
export class RuntimeGuard {
  readonly #watchdog: ChildProcess;
  readonly #folder: DataFolder;

  constructor(folder: DataFolder) {
    this.#folder = folder;
    this.#watchdog = spawn(process.execPath, [ownFile('scripts/start/watchdog.ts')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#watchdog.unref();
    subscribe('child_process', this.#onChildProcess);
  }

  /** The runtime has ended: nothing is left to guard. */
  release(): void {
    unsubscribe('child_process', this.#onChildProcess);
    this.#watchdog.stdin?.end('\n');
  }

  readonly #onChildProcess = (message: unknown): void => {
    const child = (message as { process: ChildProcess }).process;
    child.once('spawn', () => {
      if (child.pid === undefined || !/workerd(\.exe)?$/.test(child.spawnfile)) return;
      this.#watchdog.stdin?.write(`${child.pid}\n`);
      this.#folder.recordOwner(child.pid);
    });
  };
}
