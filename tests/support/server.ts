/** Starts the product the way its users do, as a child process on a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GraphQLAnswer, postGraphQL } from './graphql.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const READY_WITHIN_MS = 60_000;

export interface ServerOptions {
  /** Number of shards of a new data folder. */
  readonly shards?: number;
  /** Data folder to use again; a fresh one, removed by `stop`, if left out. */
  readonly data?: string;
  /** Load the demo data. */
  readonly demo?: boolean;
  /** wrangler.toml of another Worker, from the project's root; the demo's own if left out. */
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Server {
  readonly url: string;
  readonly origin: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** Everything the process printed so far. */
  output(): string;
  graphql(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphQLAnswer>;
  /** Ends the server in good order and removes a data folder of its own. */
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

/** Resolves when the process has printed its `ready` line; rejects with its output if it ends or stays silent. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const port = await freePort();
  const ownsData = options.data === undefined;
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'shardql-'));
  const child = spawn(
    process.execPath,
    [
      'scripts/start.ts',
      '--data',
      data,
      ...(options.demo ? [] : ['--empty']),
      ...(options.config ? ['--config', options.config] : []),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PORT: String(port),
        ...(options.shards === undefined ? {} : { SHARDQL_SHARDS: String(options.shards) }),
        ...options.env,
      },
    },
  );
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`Expected the server to become ready, but ${reason}:\n${output}`));
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(`it did not within ${READY_WITHIN_MS} ms`);
    }, READY_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /^ready (\S+)$/m.exec(output);
      if (ready) {
        clearTimeout(timer);
        resolve(ready[1]!);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? code}`);
    });
  });

  return {
    url,
    origin: new URL(url).origin,
    data,
    process: child,
    output: () => output,
    graphql: (query, variables, headers) => postGraphQL(url, query, variables, headers),
    async stop() {
      await end(child);
      if (ownsData) rmSync(data, { recursive: true, force: true });
    },
  };
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
