import { existsSync } from 'node:fs';
import type { V4WorkerOptions } from 'miniflare';
import type { Unstable_Config } from 'wrangler';
import { readWorkerOptions, readWranglerConfig } from '../project/wrangler-config.ts';
import { StartError } from './start-error.ts';

/** A Worker as its wrangler.toml describes it: bindings, variables, Durable Objects, compatibility. */
export interface WorkerConfig {
  /** Its file. */
  readonly path: string;
  readonly main: string;
  readonly name: string;
  readonly define: Readonly<Record<string, string>>;
  readonly options: Partial<V4WorkerOptions>;
  /** As wrangler read it. */
  readonly config: Unstable_Config;
}

/** Reads a wrangler.toml as wrangler itself does, `.dev.vars` included. */
export function readWorkerConfig(path: string): WorkerConfig {
  if (!existsSync(path)) throw new StartError(`Expected a wrangler.toml at ${path}, but found no file.`);
  try {
    const { main, define, workerOptions } = readWorkerOptions(path);
    if (main === undefined) throw new Error('it names no "main"');
    const config = readWranglerConfig(path);
    return { path, main, name: config.name ?? 'worker', define, options: workerOptions, config };
  } catch (error) {
    throw new StartError(`Cannot use ${path}: ${firstLine(error)}`);
  }
}

const firstLine = (error: unknown): string => (error as Error).message.trim().split('\n')[0] ?? 'unknown reason';
