import { pathToFileURL } from 'node:url';
import { ModelError } from '../../src/model/model-error.ts';
import { CliError } from '../cli/cli-error.ts';

/** Loads a file of a project. Throws `CliError`: what is wrong with a model, or what keeps the file from being loaded, and where. */
export async function importFile<Exports>(path: string): Promise<Exports> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    // Says by itself what to do where.
    if (error instanceof ModelError) throw new CliError(error.message);
    const { message, stack = '' } = error as Error;
    const place = placeOf(stack);
    throw new CliError(`Cannot load ${path}: ${message.split('\n')[0]}${place === null ? '' : ` (${place})`}`);
  }
}

/** Node puts the place of a wrong syntax before the error, and that of all else below it. */
function placeOf(stack: string): string | null {
  const [, syntax] = /^(?:file:\/\/)?(\S.*:\d+)\n/.exec(stack) ?? [];
  const [, frame] = /^ +at (?:.*\()?file:\/\/(\S+:\d+):\d+\)?$/m.exec(stack) ?? [];
  return syntax ?? frame ?? null;
}
