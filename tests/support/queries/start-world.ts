import { type Server, startServer } from '../server.ts';
import { createWorldRows } from './create-rows.ts';
import { LoadedWorld } from './loaded-world.ts';
import type { Oracle } from './oracle.ts';
import type { World } from './world.ts';

/** A running server that holds the rows of a world. */
export async function startWorld(world: World, oracle: Oracle, shards: number): Promise<LoadedWorld<Server>> {
  const server = await startServer({ shards, ...(world.config && { config: world.config }) });
  try {
    await createWorldRows(server, world);
    return new LoadedWorld(server, shards, world, oracle);
  } catch (error) {
    await server.stop();
    throw error;
  }
}
