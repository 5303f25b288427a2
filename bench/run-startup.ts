import { join } from 'node:path';
import { checkAnswer } from './cells/cell.ts';
import { markdownTable } from './report/markdown-table.ts';
import { measureStartup, type StartupFigures } from './startup/measure-startup.ts';
import { writeApp } from './startup/write-app.ts';

export interface NamedStartup extends StartupFigures {
  readonly name: string;
}

const TABLE_COUNTS = [30, 100];
const CONSTANT_CONFIG = join(import.meta.dirname, 'startup/constant/wrangler.toml');

/** Prints what it costs to start: a Worker with nothing in it, the demo, and larger models. */
export async function runStartup(): Promise<NamedStartup[]> {
  const figures = [
    { name: 'a Worker that answers a constant', ...(await measureStartup(CONSTANT_CONFIG, askConstant)) },
    { name: 'the demo, 6 tables', ...(await measureStartup(undefined, askApi)) },
  ];
  for (const tables of TABLE_COUNTS) {
    figures.push({ name: `a model of ${tables} tables`, ...(await measureStartup(writeApp(tables), askApi)) });
  }
  console.log(`\n${startupTable(figures)}\n`);
  return figures;
}

const askApi = (port: number): Promise<void> =>
  checkAnswer(port, '/graphql', '{"query":"{ __typename }"}', { data: { __typename: 'Query' } });

const askConstant = (port: number): Promise<void> => checkAnswer(port, '/', '{}', {});

const HEAD = [
  'start-up',
  'CPU ms to first answer',
  'beyond the constant',
  'CPU ms of the very first start',
  'KB gzipped',
];

function startupTable(figures: readonly NamedStartup[]): string {
  const [floor] = figures;
  const rows = figures.map(({ name, startMs, firstStartMs, gzippedBytes }) => [
    name,
    startMs.toFixed(0),
    (startMs - floor!.startMs).toFixed(0),
    firstStartMs.toFixed(0),
    (gzippedBytes / 1_000).toFixed(0),
  ]);
  return markdownTable(HEAD, rows);
}
