import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { findDescendants } from '../measure/process-tree.ts';
import { BuiltApp } from './built-app.ts';

/** CPU of the runtime in the steps of a start, in milliseconds. */
interface Steps {
  /** From the start of workerd until it listens. */
  readonly listensMs: number;
  /** The first request. */
  readonly firstAnswerMs: number;
  /** Asking all shards after it: the catalog, and they, called for the first time. */
  readonly shardsReadyMs: number;
}

/** The least of several starts: whatever disturbs one only adds. */
export interface StartupFigures extends Steps {
  /** CPU for loading the bundle: what it takes longer than the empty Worker to listen. */
  readonly loadMs: number;
  /** The same on an empty data folder: every shard makes its tables. */
  readonly tablesMadeMs: number;
  readonly gzippedBytes: number;
}

/** A start as a row of the table. */
export interface StartupRow extends StartupFigures {
  readonly tables: number;
}

/** An entry file to start, and how its first request is asked; `ask` throws if the answer is wrong. */
export interface Started {
  /** Instead of the configuration's. */
  readonly main?: string;
  readonly ask: (port: number) => Promise<void>;
}

/** With fewer, a neighbour on the machine may disturb all of them. */
const STARTS = 20;

/** Workers go on for a moment after they listen, and after they have answered. */
const SETTLE_MS = 60;

/**
 * Starts a Worker several times on one data folder, in turn with an empty one that has the same bindings: their local
 * stand-ins are Workers as well.
 */
export async function measureStartup(configPath: string, api: Started, empty: Started): Promise<StartupFigures> {
  const app = await BuiltApp.build(configPath, api.main);
  const emptyApp = await BuiltApp.build(configPath, empty.main);
  try {
    const { shardsReadyMs: tablesMadeMs } = await measureStart(app, api.ask);
    const starts: Steps[] = [];
    const emptyStarts: Steps[] = [];
    for (let start = 0; start < STARTS; start++) {
      emptyStarts.push(await measureStart(emptyApp, empty.ask));
      starts.push(await measureStart(app, api.ask));
    }
    const least = (step: keyof Steps, among = starts) => Math.min(...among.map((steps) => steps[step]));
    return {
      listensMs: least('listensMs'),
      loadMs: least('listensMs') - least('listensMs', emptyStarts),
      firstAnswerMs: least('firstAnswerMs'),
      shardsReadyMs: least('shardsReadyMs'),
      tablesMadeMs,
      gzippedBytes: app.gzippedBytes,
    };
  } finally {
    app.remove();
    emptyApp.remove();
  }
}

async function measureStart(app: BuiltApp, ask: (port: number) => Promise<void>): Promise<Steps> {
  const server = await app.start();
  try {
    const [workerdPid] = findDescendants(process.pid, 'workerd');
    const settled = async () => {
      await sleep(SETTLE_MS);
      return cpuTimeMs(workerdPid!);
    };
    const listening = await settled();
    await ask(server.port);
    const answered = await settled();
    await fetch(`${server.origin}/status?live=1`).then((response) => response.text());
    const ready = await settled();
    return { listensMs: listening, firstAnswerMs: answered - listening, shardsReadyMs: ready - answered };
  } finally {
    await server.stop();
  }
}
