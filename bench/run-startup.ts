import { join, resolve } from 'node:path';
import { checkAnswer } from './cells/cell.ts';
import { describeStartupGoals } from './report/goals.ts';
import { markdownTable } from './report/markdown-table.ts';
import { measureStartup, type StartupRow } from './startup/measure-startup.ts';
import { writeApp } from './startup/write-app.ts';

const DEMO_TABLES = 6;
export const DEMO_CONFIG = resolve(import.meta.dirname, '../wrangler.toml');
const EMPTY_WORKER = join(import.meta.dirname, 'startup/constant/worker.ts');
export const LARGER_MODELS = [30, 100];

/** Prints what it costs to start the demo, and larger models, and whether the goals are held. */
export async function runStartup(): Promise<StartupRow[]> {
  const rows: StartupRow[] = [];
  for (const tables of [DEMO_TABLES, ...LARGER_MODELS]) {
    const config = tables === DEMO_TABLES ? DEMO_CONFIG : writeApp(tables);
    rows.push({ tables, ...(await measureStartup(config, { ask: ASK_API }, EMPTY)) });
  }
  console.log(`\n${startupTable(rows)}\n`);
  for (const line of describeStartupGoals(rows)) console.log(line);
  return rows;
}

/** The first request of a start. Throws if its answer is wrong. */
export const ASK_API = (port: number): Promise<void> =>
  checkAnswer(port, '/graphql', '{"query":"{ __typename }"}', { data: { __typename: 'Query' } });

/** A Worker that does nothing, with the bindings of the one that is measured. */
export const EMPTY = {
  main: EMPTY_WORKER,
  ask: (port: number): Promise<void> => checkAnswer(port, '/', '{}', {}),
};

const HEAD = ['start-up, CPU ms', 'load', 'first answer', 'shards ready', '…with all tables to make', 'KB gzipped'];

const startupTable = (rows: readonly StartupRow[]): string =>
  markdownTable(
    HEAD,
    rows.map((row) => [
      row.tables === DEMO_TABLES ? `the demo, ${row.tables} tables` : `a model of ${row.tables} tables`,
      row.loadMs.toFixed(0),
      row.firstAnswerMs.toFixed(0),
      row.shardsReadyMs.toFixed(0),
      row.tablesMadeMs.toFixed(0),
      (row.gzippedBytes / 1_000).toFixed(0),
    ]),
  );
