import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ModelError } from '../../src/model/model-error.ts';
import { CliError } from '../cli/cli-error.ts';

/** What `src/index.ts` needs of the Workers runtime to be loaded: models take their helpers from there, and nothing of a Worker runs. */
const WORKERS = 'data:text/javascript,export class DurableObject {}';

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'cloudflare:workers' ? { url: WORKERS, shortCircuit: true } : nextResolve(specifier, context),
});

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
