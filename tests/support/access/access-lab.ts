/** A Worker of `tests/models/access` that holds some rows, and clients of it. For tests that run in workerd. */
import { expect, vi } from 'vitest';
import type { Extensions } from '../../../src/index.ts';
import type { ConsistencyMode } from '../../../src/model/types.ts';
import model from '../../models/access/model.ts';
import type { GraphQLAnswer, GraphQLApi } from '../graphql.ts';
import { createLabWorker, type LabOptions, type LabWorker } from '../lab-worker.ts';
import { ENTITIES } from './entities.ts';
import type { Viewer } from './roles.ts';
import { type AllRows, asHeader } from './rows.ts';

/** Rows are loaded as files bring them: deleted ones come back deleted. */
export async function startAccessLab(
  rows: AllRows,
  shards: number,
  extensions?: Extensions,
  options?: LabOptions,
): Promise<LabWorker> {
  const worker = createLabWorker(model, shards, extensions, options);
  const start = Date.now();
  for (const [index, { type, columns }] of ENTITIES.entries()) {
    // With a faked clock each table has a second of its own: a table without rows must not move the versions of the next.
    if (vi.isFakeTimers()) vi.setSystemTime(start + index * 1000);
    const given = columns.filter(({ generated }) => !generated).map(({ name }) => name);
    const lines = rows[type]!.map((row) => JSON.stringify(Object.fromEntries(given.map((name) => [name, row[name]]))));
    const response = await worker.fetch(`/import?table=${type}`, { method: 'POST', body: lines.join('\n') });
    expect(await response.json()).toMatchObject({ inserted: lines.length, failed: 0 });
  }
  return worker;
}

/** A caller who reads in one mode, with what else the request says. */
export const clientOf = (
  worker: GraphQLApi,
  viewer: Viewer,
  mode: ConsistencyMode,
  headers: Readonly<Record<string, string>> = {},
): GraphQLApi => ({
  graphql: (query, variables): Promise<GraphQLAnswer> =>
    worker.graphql(withMode(query, mode), variables, { ...headers, ...asHeader(viewer) }),
});

/** All of a document in one mode. */
export const withMode = (query: string, mode: ConsistencyMode): string =>
  query.replace(' {\n', ` @consistency(mode: ${mode}) {\n`);
