import { type Server, startServer } from '../server.ts';
import { LoadedWorld } from './loaded-world.ts';
import type { Oracle } from './oracle.ts';
import type { Entity, Row, World } from './world.ts';

const ROWS_PER_REQUEST = 40;

/** A running server that holds the rows of a world. */
export async function startWorld(world: World, oracle: Oracle, shards: number): Promise<LoadedWorld<Server>> {
  const server = await startServer({ shards, ...(world.config && { config: world.config }) });
  try {
    for (const entity of world.entities) await createRows(server, entity, world.rows[entity.type]!);
    return new LoadedWorld(server, shards, world, oracle);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function createRows(server: Server, entity: Entity, rows: readonly Row[]): Promise<void> {
  const { type, columns } = entity;
  const given = columns.filter(({ generated }) => !generated);
  for (let start = 0; start < rows.length; start += ROWS_PER_REQUEST) {
    const chunk = rows.slice(start, start + ROWS_PER_REQUEST);
    const declared = chunk.map((_, at) => `$d${at}: ${type}CreateInput!`).join(', ');
    const fields = chunk.map((_, at) => `m${at}: create${type}(data: $d${at}) { nodeId }`).join('\n');
    const variables = Object.fromEntries(
      chunk.map((row, at) => [`d${at}`, Object.fromEntries(given.map(({ name }) => [name, row[name]]))]),
    );
    const { errors } = await server.graphql(`mutation (${declared}) {\n${fields}\n}`, variables);
    if (errors.length > 0)
      throw new Error(`Expected rows of ${type} to be created, but got ${JSON.stringify(errors[0])}`);
  }
}
