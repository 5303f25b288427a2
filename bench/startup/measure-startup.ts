import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { type BenchServer, startServer } from '../servers/start-server.ts';

/** CPU of the runtime from its start until it has answered, in milliseconds. */
export interface StartupFigures {
  /** On an empty data folder: every shard makes its tables. */
  readonly firstStartMs: number;
  /** On the same folder again; the least of several starts, since whatever disturbs one only adds. */
  readonly startMs: number;
  /** Of the bundle as it is deployed (not minified), in bytes. */
  readonly gzippedBytes: number;
}

const STARTS = 5;

/** Starts the Worker several times; `ask` sends the first request and throws if its answer is wrong. */
export async function measureStartup(
  config: string | undefined,
  ask: (port: number) => Promise<void>,
): Promise<StartupFigures> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'shardql-bench-startup-'));
  try {
    const figures: number[] = [];
    for (let start = 0; start <= STARTS; start++) figures.push(await cpuOfStart(config, dataFolder, ask));
    const [firstStartMs, ...others] = figures;
    const bundle = readFileSync(join(dataFolder, 'bundle/worker.js'));
    return { firstStartMs: firstStartMs!, startMs: Math.min(...others), gzippedBytes: gzipSync(bundle).byteLength };
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

async function cpuOfStart(
  config: string | undefined,
  dataFolder: string,
  ask: (port: number) => Promise<void>,
): Promise<number> {
  const server: BenchServer = await startServer({ config, dataFolder });
  try {
    await ask(server.port);
    return cpuTimeMs(server.workerdPid);
  } finally {
    await server.stop();
  }
}
