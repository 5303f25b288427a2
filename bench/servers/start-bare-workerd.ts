import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onServerCore } from '../measure/cpu-pinning.ts';
import { type BenchServer, freePort } from './start-server.ts';

/** Path of the executable: the one copy that wrangler brings. */
const WORKERD: string = createRequire(import.meta.url)('workerd').default;
const READY_WITHIN_MS = 10_000;

/** As little as workerd can be asked to do: one Worker that answers plain text. */
const SCRIPT = `export default { fetch: () => new Response('ok\\n') };`;

const config = (port: number) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);`;

/** workerd without Miniflare and without ShardQL, on the server core. */
export async function startBareWorkerd(): Promise<BenchServer> {
  const port = await freePort();
  const dataFolder = mkdtempSync(join(tmpdir(), 'shardql-bench-'));
  writeFileSync(join(dataFolder, 'worker.js'), SCRIPT);
  writeFileSync(join(dataFolder, 'config.capnp'), config(port));
  const [command, ...args] = onServerCore([WORKERD, 'serve', join(dataFolder, 'config.capnp')]);
  const child = spawn(command, args, { stdio: 'inherit' });
  const stop = async () => {
    child.kill('SIGKILL');
    rmSync(dataFolder, { recursive: true, force: true });
  };
  await answering(port).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  // taskset becomes the command that it starts, so this is workerd itself.
  return { port, dataFolder, workerdPid: child.pid!, stop };
}

async function answering(port: number): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Expected workerd to answer within ${READY_WITHIN_MS} ms, but it did not.`);
}
