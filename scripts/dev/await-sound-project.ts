import { dirname, join } from 'node:path';
import { type BuiltWorker, buildWorker } from '../start/build-worker.ts';
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

/** A project that wrangler can start. */
export interface SoundProject {
  readonly config: BuiltWorker;
  readonly bundlePath: string;
  /** The folder's state as it was looked at. */
  readonly state: string;
}

/**
 * Waits until the configuration can be read and the Worker compiles and loads, and says why not meanwhile: wrangler would
 * say it less clearly, and not come back from it.
 */
export async function awaitSoundProject(configPath: string): Promise<SoundProject> {
  const folder = dirname(configPath);
  for (;;) {
    const state = folderState(folder);
    try {
      return { ...(await checkProject(configPath)), state };
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      console.error(error.message);
    }
    await awaitChange(folder, state);
  }
}

async function checkProject(configPath: string): Promise<Omit<SoundProject, 'state'>> {
  const folder = join(dirname(configPath), '.wrangler/checked');
  const bundlePath = join(folder, 'worker.js');
  const config = await buildWorker(configPath, bundlePath);
  await requireLoadable(config, bundlePath, folder);
  if (config.storage) await requireLoadable(config.storage.config, config.storage.bundlePath, folder);
  return { config, bundlePath };
}
