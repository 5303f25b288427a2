import { badUserInput } from '../../plans/bad-user-input.ts';

/** The `dryRun` argument. */
export function dryRunArgument({ dryRun = false }: Readonly<Record<string, unknown>>): boolean {
  if (dryRun !== null) return dryRun === true;
  throw badUserInput('Expected dryRun to be true or false, but got null. Leave it out to write.');
}
