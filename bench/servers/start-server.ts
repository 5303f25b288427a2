import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onServerCore } from '../measure/cpu-pinning.ts';
import { findDescendants } from '../measure/process-tree.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 180_000;

export interface ServerOptions {
  /** wrangler.toml of the Worker; the demo's if left out. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A Worker served by `npm start` on the server core. Ends with this process at the latest. */
export interface BenchServer {
  readonly port: number;
  readonly dataFolder: string;
  /** The runtime's process: everything a request costs is spent there. */
  readonly workerdPid: number;
  stop(): Promise<void>;
}

export async function startServer({ config, env }: ServerOptions = {}): Promise<BenchServer> {
  const port = await freePort();
  const dataFolder = mkdtempSync(join(tmpdir(), 'shardql-bench-'));
  const flags = ['--data', dataFolder, '--empty', ...(config === undefined ? [] : ['--config', config])];
  const [command, ...args] = onServerCore([process.execPath, join(PROJECT, 'scripts/start.ts'), ...flags]);
  const child = spawn(command, args, {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, PORT: String(port) },
  });
  const kill = () => void child.kill('SIGTERM');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await end(child);
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    await ready(child);
    const [workerdPid] = findDescendants(child.pid!, 'workerd');
    if (workerdPid === undefined) throw new Error('Expected npm start to run workerd, but found no such process.');
    return { port, dataFolder, workerdPid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolvePort, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address !== null && typeof address === 'object' ? resolvePort(address.port) : reject(new Error('no port')),
      );
    });
  });

/** Resolves at the line `ready …`; rejects with all output if the process ends or stays silent. */
function ready(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolveReady, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`Expected the server to become ready, but ${reason}:\n${output}`));
    const timer = setTimeout(() => fail(`it did not within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (!/^ready /m.test(output)) return;
      clearTimeout(timer);
      resolveReady();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? code}`);
    });
  });
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolveEnd) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolveEnd();
    child.once('exit', () => resolveEnd());
    child.kill('SIGTERM');
  });
