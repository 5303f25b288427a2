import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions } from './options.ts';
import { describeCommit } from './report/machine.ts';

/** What a folder of other products has: it starts them and this one, checks their answers, loads them in turn and prints a table. */
export const HARNESS = 'run.mjs';

const PROJECT = join(import.meta.dirname, '..');
/** The other products, and this one without and with its cache. */
const TARGETS = 'peers,shardql,shardql-cached';

/** Measures other products by a harness of their own, which is told where this checkout is. Its table is kept if the run is. */
export async function runPeers(folder: string, options: BenchOptions): Promise<void> {
  const { workloads, connections, rounds, seconds, scale, keep } = options;
  const args = {
    targets: TARGETS,
    ...(workloads.length > 0 && { workloads: workloads.join() }),
    conns: connections,
    rounds,
    seconds,
    scale,
  };
  const own = join(folder, 'node_modules/.bin/node');
  const child = spawn(
    existsSync(own) ? own : process.execPath,
    [HARNESS, ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SHARDQL_DIR: PROJECT } },
  );
  process.once('exit', () => child.kill());
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Expected ${HARNESS} to end with 0, but got ${code}.`);
  if (keep) console.log(`kept as ${keepTable(output)}`);
}

/** Beside the figures of the project's own runs. */
function keepTable(output: string): string {
  const results = join(PROJECT, 'bench/results');
  const path = join(results, `${new Date().toISOString().slice(0, 10)}-${describeCommit()}-peers.txt`);
  mkdirSync(results, { recursive: true });
  writeFileSync(path, output);
  return path;
}
