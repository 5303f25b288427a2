/**
 * Runs what a script does in the test's own process: a process of its own takes a third of a second of CPU to load the modules of a
 * command, and several seconds those of a model.
 */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format } from 'node:util';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One at a time: folder, variables, output and exit code are those of the process. */
let isBusy = false;
export const canRunInProcess = (): boolean => !isBusy;

export async function runInProcess(main: () => Promise<void>, { folder, env }: Surroundings): Promise<Outcome> {
  if (isBusy) throw new Error('Expected one script at a time in the process, but got another.');
  isBusy = true;
  const stdout = new Captured();
  const stderr = new Captured();
  const restore = enter(folder, env, stdout, stderr);
  try {
    await main();
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text, stderr: stderr.text };
  } catch (error) {
    return { code: 1, stdout: stdout.text, stderr: `${stderr.text}${format(error)}\n` };
  } finally {
    restore();
    isBusy = false;
  }
}

/** Gives the process what the script is to find; returns what takes it back. */
function enter(folder: string, env: Surroundings['env'], stdout: Captured, stderr: Captured): () => void {
  const before = { cwd: process.cwd(), env: process.env, exitCode: process.exitCode, console: globalThis.console };
  const writes = [process.stdout.write, process.stderr.write] as const;
  process.chdir(folder);
  process.env = { ...env };
  process.exitCode = undefined;
  globalThis.console = new Console({ stdout, stderr });
  process.stdout.write = stdout.write.bind(stdout) as typeof process.stdout.write;
  process.stderr.write = stderr.write.bind(stderr) as typeof process.stderr.write;
  return () => {
    [process.stdout.write, process.stderr.write] = writes;
    globalThis.console = before.console;
    process.exitCode = before.exitCode;
    process.env = before.env;
    process.chdir(before.cwd);
  };
}

class Captured extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
