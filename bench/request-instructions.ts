/**
 * Question: how many instructions does a request take, and how many more by a caller with a token and rules than by one without?
 * CPU time of requests differs by a tenth and more with what else the machine does; instructions do not.
 *
 * Non-goals: instructions are no time: misses of the processor's caches and the kernel are not counted.
 *
 * Needs valgrind, and several minutes.
 *
 *     node bench/request-instructions.ts                    # what rules add to W1, W3, C1 and W6
 *     node bench/request-instructions.ts W1 W2              # others
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeShop } from '../scripts/demo/shop.ts';
import { makeApiCell } from './cells/api-cells.ts';
import type { Cell } from './cells/cell.ts';
import { InstructionCounter, runningPid, runWorkerdInValgrind } from './instructions/workerd-in-valgrind.ts';
import { ResponseReader } from './load/response-reader.ts';
import { median } from './measure/median.ts';
import { importShop } from './servers/import-shop.ts';
import { shopSize } from './servers/shop-size.ts';
import { BuiltApp } from './startup/built-app.ts';
import { WORKLOADS } from './workloads/index.ts';
import { indexShop } from './workloads/shop-index.ts';

const CONFIG = join(import.meta.dirname, 'instructions/wrangler.toml');
const NAMES = ['W1', 'W1-rules', 'W3', 'W3-rules', 'C1', 'C1-rules', 'W6', 'W6-rules'];
/** Enough orders for every page of W3, and few enough to be imported in a minute. */
const SCALE = 0.01;
/** After so many, the functions that take the time are compiled. */
const WARM_UP_REQUESTS = 500;
const ROUNDS = 15;
const REQUESTS_PER_ROUND = 8;

const names = process.argv.length > 2 ? process.argv.slice(2) : NAMES;
const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-instructions-'));
try {
  await report();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function report(): Promise<void> {
  runWorkerdInValgrind(folder, InstructionCounter.OPTIONS(folder));
  const app = await BuiltApp.build(CONFIG);
  try {
    const { port, origin, stop } = await app.start();
    try {
      await (await fetch(`${origin}/status?live=1`)).text();
      const server = { port, workerdPid: runningPid(folder), dataFolder: folder, stop };
      const shop = indexShop(makeShop(shopSize(SCALE)));
      await importShop(server, shop.shop);
      const cells: Cell[] = [];
      for (const workload of WORKLOADS.filter(({ name }) => names.includes(name))) {
        cells.push(await makeApiCell(server, workload, shop));
      }
      print(await countRounds(cells));
    } finally {
      await stop();
    }
  } finally {
    app.remove();
  }
}

/** Instructions per request of each cell, round by round; every second one backwards. */
async function countRounds(cells: readonly Cell[]): Promise<ReadonlyMap<string, readonly number[]>> {
  const counter = new InstructionCounter(folder);
  const rounds = new Map(cells.map(({ name }): [string, number[]] => [name, []]));
  for (const cell of cells) await send(cell, WARM_UP_REQUESTS);
  counter.start();
  for (const cell of cells) await send(cell, REQUESTS_PER_ROUND);
  for (let round = 0; round < ROUNDS; round++) {
    for (const cell of round % 2 === 0 ? cells : cells.toReversed()) {
      // What has expired since the last round is read again, and not counted.
      await send(cell, REQUESTS_PER_ROUND);
      const counted = await counter.count(() => send(cell, REQUESTS_PER_ROUND));
      rounds.get(cell.name)!.push(counted / REQUESTS_PER_ROUND);
    }
  }
  return rounds;
}

/** The least tells what requests take: what happens meanwhile only adds, such as functions that are compiled, garbage that is collected, alarms. */
function print(rounds: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, counts] of rounds) {
    const thousands = (count: number) => (count / 1_000).toFixed(0);
    const least = Math.min(...counts);
    const base = rounds.get(name.replace('-rules', '')) ?? counts;
    const ratio = base === counts ? '' : `, × ${(least / Math.min(...base)).toFixed(3)}`;
    console.log(`${name}: ${thousands(least)} thousand instructions (median ${thousands(median(counts))})${ratio}`);
  }
}

/** So many of the cell's requests, one after the other. */
function send({ server, requests }: Cell, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    let sent = 0;
    const next = () => {
      if (sent < count) return socket.write(requests[sent++ % requests.length]!);
      socket.destroy();
      resolve();
    };
    const reader = new ResponseReader((status) => {
      if (status !== 200) return reject(new Error(`Expected an answer of status 200, but got ${status}.`));
      next();
    });
    socket.on('data', (chunk) => reader.read(chunk));
    socket.once('error', reject);
    socket.once('connect', next);
  });
}
