import { cpuTimeMs } from '../measure/cpu-time.ts';
import { findDescendants } from '../measure/process-tree.ts';
import { BuiltApp } from './built-app.ts';

/** CPU of the runtime in the steps of a start, in milliseconds. */
interface Steps {
  /** From the start of workerd until it listens. */
  readonly listensMs: number;
  /** The first request. */
  readonly firstAnswerMs: number;
  /** `/ready` after it: the catalog and all shards, called for the first time. */
  readonly shardsReadyMs: number;
}

/** The least of several starts: whatever disturbs one only adds. */
export interface StartupFigures extends Steps {
  /** `/ready` on an empty data folder: every shard makes its tables. */
  readonly tablesMadeMs: number;
  readonly gzippedBytes: number;
}

/** A Worker's start beside that of a Worker with nothing in it, but with the same bindings. */
export interface StartupRow extends StartupFigures {
  readonly tables: number;
  /** CPU for loading the bundle: what it takes longer than the empty Worker to listen. */
  readonly loadMs: number;
}

const STARTS = 5;

/**
 * Starts the Worker several times on one data folder; `ask` sends the first request and throws if its answer is wrong.
 *
 * @param main instead of the configuration's: what the bindings alone cost, whose local stand-ins are Workers as well.
 */
export async function measureStartup(
  configPath: string,
  ask: (port: number) => Promise<void>,
  main?: string,
): Promise<StartupFigures> {
  const app = await BuiltApp.build(configPath, main);
  try {
    const { shardsReadyMs: tablesMadeMs } = await measureStart(app, ask);
    const starts: Steps[] = [];
    for (let start = 0; start < STARTS; start++) starts.push(await measureStart(app, ask));
    const least = (step: keyof Steps) => Math.min(...starts.map((steps) => steps[step]));
    return {
      listensMs: least('listensMs'),
      firstAnswerMs: least('firstAnswerMs'),
      shardsReadyMs: least('shardsReadyMs'),
      tablesMadeMs,
      gzippedBytes: app.gzippedBytes,
    };
  } finally {
    app.remove();
  }
}

async function measureStart(app: BuiltApp, ask: (port: number) => Promise<void>): Promise<Steps> {
  const server = await app.start();
  try {
    const [workerdPid] = findDescendants(process.pid, 'workerd');
    const listening = cpuTimeMs(workerdPid!);
    await ask(server.port);
    const answered = cpuTimeMs(workerdPid!);
    await fetch(`${server.origin}/ready`).then((response) => response.text());
    const ready = cpuTimeMs(workerdPid!);
    return { listensMs: listening, firstAnswerMs: answered - listening, shardsReadyMs: ready - answered };
  } finally {
    await server.stop();
  }
}
