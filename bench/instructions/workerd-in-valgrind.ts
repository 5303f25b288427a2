import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readIfThere } from '../measure/process-tree.ts';

const WORKERD: string = createRequire(import.meta.url)('workerd').default;

/**
 * Has the Miniflare of this process start workerd in valgrind, which writes a log per process, `<pid>.log`, to the folder.
 *
 * @throws Error if there is no valgrind.
 */
export function runWorkerdInValgrind(folder: string, options: string): void {
  execFileSync('valgrind', ['--version']);
  const script = join(folder, 'workerd');
  writeFileSync(script, `#!/bin/sh\nexec valgrind ${options} --log-file='${folder}/%p.log' '${WORKERD}' "$@"\n`);
  chmodSync(script, 0o755);
  process.env.MINIFLARE_WORKERD_PATH = script;
}

/** The one process that is still at its log. */
export function runningPid(folder: string): number {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => Number.parseInt(file, 10))
    .find(isRunning)!;
}

export function isRunning(pid: number): boolean {
  return readIfThere(`/proc/${pid}/stat`) !== null;
}

/** Counts what a workerd that runs in callgrind executes between two calls. */
export class InstructionCounter {
  static readonly OPTIONS = (folder: string): string =>
    `--tool=callgrind --instr-atstart=no --callgrind-out-file='${folder}/counted.%p'`;

  readonly #pid: number;
  readonly #folder: string;
  #dumps = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#pid = runningPid(folder);
  }

  /** Until then it runs several times faster. */
  start(): void {
    this.#tell('instrumentation on');
  }

  /** Instructions of the process, in all threads, meanwhile. */
  async count(work: () => Promise<void>): Promise<number> {
    this.#tell('zero');
    await work();
    this.#tell('dump');
    const text = readFileSync(join(this.#folder, `counted.${this.#pid}.${++this.#dumps}`), 'utf8');
    return Number(/^totals: (\d+)/m.exec(text)![1]);
  }

  #tell(command: string): void {
    execFileSync('vgdb', [`--pid=${this.#pid}`, ...command.split(' ')], { stdio: 'ignore' });
  }
}
