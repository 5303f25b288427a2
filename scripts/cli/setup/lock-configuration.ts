import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { takeExclusiveLock } from '../../project/exclusive-lock.ts';
import { CACHE_FOLDER } from '../../project/folders.ts';
import { CliError } from '../cli-error.ts';

const LOCKS = join(CACHE_FOLDER, 'setup');

/**
 * Runs work on a configuration that nobody else on this machine sets up meanwhile: two would both write the id of a namespace, and show a token of
 * which only the last is set.
 *
 * @throws CliError if somebody does
 */
export async function withConfigurationLocked<T>(path: string, work: () => Promise<T>): Promise<T> {
  const name = createHash('sha256').update(resolve(path)).digest('hex');
  const lock = takeExclusiveLock(join(LOCKS, `${name}.lock`));
  if (lock === null) {
    throw new CliError(
      `Expected one setup of ${path} at a time, but another is under way. Run it again when that has ended.`,
    );
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}
