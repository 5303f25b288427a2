import { dirname, join } from 'node:path';
import { buildWorker } from '../start/build-worker.ts';
import { requireLoadable } from '../start/server.ts';
import { StartError } from '../start/start-error.ts';
import { folderState } from './folder-state.ts';

/** How often a change is looked for while nothing runs, in milliseconds. */
const LOOK_MS = 300;

/** Waits until a file of the folder differs from what it was in `state`. */
export async function awaitChange(folder: string, state: string): Promise<void> {
  console.error(`It is tried again when a file in ${folder} changes; Ctrl+C ends it.`);
  while (folderState(folder) === state) await new Promise((done) => setTimeout(done, LOOK_MS));
}

/**
 * Waits until the configuration can be read and the Worker compiles and loads, and says why not meanwhile: wrangler would
 * say it less clearly, and not come back from it. Gives the folder's state as it was looked at.
 */
export async function awaitSoundProject(configPath: string): Promise<string> {
  const folder = dirname(configPath);
  for (;;) {
    const state = folderState(folder);
    const problem = await problemOf(configPath);
    if (problem === null) return state;
    console.error(problem);
    await awaitChange(folder, state);
  }
}

async function problemOf(configPath: string): Promise<string | null> {
  const folder = join(dirname(configPath), '.wrangler/checked');
  const bundlePath = join(folder, 'worker.js');
  try {
    await requireLoadable(await buildWorker(configPath, bundlePath), bundlePath, folder);
    return null;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}
