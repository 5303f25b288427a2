/**
 * Question: how many instructions does a start take, up to the first `{ __typename }`, beyond an empty Worker with the same
 * bindings? CPU time of starts differs by a fifth and more with what else the machine does; instructions differ by
 * a hundredth at most, so that they tell whether a change helps.
 *
 * Non-goals: instructions are no time: page faults and misses of the processor's caches are not counted, and neither is
 * the kernel.
 *
 * Needs valgrind.
 *
 *     node bench/start-instructions.ts
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, runningPid, runWorkerdInValgrind } from './instructions/workerd-in-valgrind.ts';
import { ASK_API, DEMO_CONFIG, EMPTY, LARGER_MODELS } from './run-startup.ts';
import { BuiltApp } from './startup/built-app.ts';
import type { Started } from './startup/measure-startup.ts';
import { writeApp } from './startup/write-app.ts';

/** Valgrind takes some thirty times as long as the processor. */
const SETTLE_MS = 500;

const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-instructions-'));
try {
  runWorkerdInValgrind(folder, '--tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null');
  await report('the demo', DEMO_CONFIG);
  for (const tables of LARGER_MODELS) await report(`a model of ${tables} tables`, writeApp(tables));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function report(name: string, configPath: string): Promise<void> {
  const empty = await count(configPath, EMPTY);
  const api = await count(configPath, { ask: ASK_API });
  console.log(`${name}: ${(api - empty).toFixed(0)} million instructions beyond an empty Worker's ${empty.toFixed(0)}`);
}

/** Millions of instructions of one start and one answer, with shards whose tables are made. */
async function count(configPath: string, { main, ask }: Started): Promise<number> {
  const app = await BuiltApp.build(configPath, main);
  try {
    const server = await app.start();
    await sleep(SETTLE_MS);
    await ask(server.port);
    await sleep(SETTLE_MS);
    const pid = runningPid(folder);
    // Miniflare kills it, which leaves valgrind no time to write.
    process.kill(pid, 'SIGTERM');
    while (isRunning(pid)) await sleep(50);
    await server.stop();
    const counted = /I\s+refs:\s+([\d,]+)/.exec(readFileSync(join(folder, `${pid}.log`), 'utf8'));
    return Number(counted![1]!.replaceAll(',', '')) / 1e6;
  } finally {
    app.remove();
  }
}
