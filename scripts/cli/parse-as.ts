import { parseCaller } from '../../src/http/authentication/caller-text.ts';
import { CliError } from './cli-error.ts';

/**
 * The caller of `--as '<role> {claims as JSON}'`.
 *
 * @throws CliError for another form.
 */
export function parseAs(text: string): ReturnType<typeof parseCaller> {
  try {
    return parseCaller(text, '--as');
  } catch (error) {
    throw new CliError((error as Error).message);
  }
}
