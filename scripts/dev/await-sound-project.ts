import { dirname, join } from 'node:path';
import { bundleWorker } from '../start/bundle-worker.ts';
import { StartError } from '../start/start-error.ts';
import { readWorkerConfig } from '../start/worker-config.ts';
import { folderState } from './folder-state.ts';

/** How often a change is looked for while nothing runs, in milliseconds. */
const LOOK_MS = 300;

/** Waits until a file of the folder differs from what it was in `state`. */
export async function awaitChange(folder: string, state: string): Promise<void> {
  console.error(`It is tried again when a file in ${folder} changes; Ctrl+C ends it.`);
  while (folderState(folder) === state) await new Promise((done) => setTimeout(done, LOOK_MS));
}

/**
 * Waits until the configuration can be read and the Worker compiles, and says why not meanwhile: started before, wrangler
 * would not come back from either.
 */
export async function awaitSoundProject(configPath: string): Promise<void> {
  const folder = dirname(configPath);
  for (;;) {
    const state = folderState(folder);
    try {
      const { main, define } = await readWorkerConfig(configPath);
      return await bundleWorker(main, join(folder, '.wrangler/checked/worker.js'), define);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      console.error(error.message);
    }
    await awaitChange(folder, state);
  }
}
