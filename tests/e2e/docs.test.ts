/** Every query of the documentation, asked from outside of a running API that holds what the page speaks of. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoVariables } from '../support/docs/demo-variables.ts';
import { type Example, readExamples } from '../support/docs/read-examples.ts';
import { readFeatures } from '../support/docs/read-features.ts';
import { makeFlights, writeFlights } from '../support/flights.ts';
import { postGraphQL } from '../support/graphql.ts';
import { createRandom } from '../support/random.ts';
import { runScript } from '../support/run-script.ts';
import { type Server, startServer } from '../support/server.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** In this order on one API: README orders something, and pages before it show sums of all orders. */
const pages = [
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
  'examples/openflights/README.md',
  'README.md',
];
const readPage = (page: string): string => readFileSync(join(PROJECT, page), 'utf8');
const examples = pages.flatMap((page) => readExamples(page, readPage(page)));

/** Queries of features that are there are answered, those of missing ones refused: a page that lags behind is found out. */
const features = readFeatures(readPage('docs/features.md')).flatMap(({ name, state, queries }) =>
  queries.map((query): Example => {
    const error = state === 'missing' ? 'GRAPHQL_VALIDATION_FAILED' : undefined;
    return { at: name, query, model: 'demo', error, headers: {}, variables: {}, answer: undefined };
  }),
);

const servers = new Map<string, Server>();

beforeAll(async () => {
  servers.set('demo', await startServer({ demo: true }));
  const flights = await startServer({ config: 'examples/openflights/wrangler.toml' });
  servers.set('openflights', flights);
  await loadFlights(flights);
  servers.set('projects', await startServer({ config: 'tests/models/projects/wrangler.toml' }));
});
afterAll(async () => {
  for (const server of servers.values()) await server.stop();
});

async function loadFlights({ origin }: Server): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-docs-'));
  writeFlights(folder, makeFlights(createRandom(1)));
  const { status, stderr } = await runScript('examples/openflights/load.ts', folder, '--url', origin);
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(stderr);
}

async function ask({ model, query, variables, headers }: Example) {
  if (model === 'operator') return postGraphQL(`${servers.get('demo')!.origin}/operator`, query, variables, headers);
  const server = servers.get(model);
  if (server === undefined) throw new Error(`Expected a model of ${[...servers.keys()]}, but got ${model}.`);
  const defaults = model === 'demo' ? await demoVariables(server) : {};
  const declared = Object.entries(defaults).filter(([name]) => query.includes(`$${name}:`));
  return server.graphql(query, { ...Object.fromEntries(declared), ...variables }, headers);
}

async function check(example: Example): Promise<void> {
  const { data, errors } = await ask(example);
  const codes = new Set(errors.map(({ extensions }) => extensions?.code));
  expect(codes, JSON.stringify(errors)).toEqual(new Set(example.error ? [example.error] : []));
  if (example.answer !== undefined) expect(data).toEqual(example.answer);
}

describe.each([...Map.groupBy(examples, ({ at }) => at.split(':')[0]!)])('%s', (_, own) => {
  it.each(own.map((example) => [example.at, example] as const))('%s', (_, example) => check(example));
});

describe('features', () => {
  it.each(features.map((example) => [example.at, example] as const))('%s', (_, example) => check(example));
});
