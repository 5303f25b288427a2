import { Command, type OutputConfiguration } from 'commander';
import { COMMANDS } from './commands.ts';
import { requireOwnOptions } from './own-options.ts';

const EXIT_CODES = `
Exit codes:
  0  all is well
  1  some rows failed, or something is wrong
  2  wrong usage, or the API cannot be reached or refuses`;

/**
 * `npm run shardql --`, which throws `CommanderError` instead of ending the process.
 *
 * @param typed the first argument: if it is a command, the program knows that one alone.
 */
export async function shardqlProgram(typed: string | undefined, output: OutputConfiguration = {}): Promise<Command> {
  const program = new Command('npm run shardql --')
    .description('Works on a running ShardQL API, and on a project. Each command has --help of its own.')
    .exitOverride()
    .configureOutput(output)
    .addHelpText('afterAll', EXIT_CODES);
  const only = typed === undefined || !Object.hasOwn(COMMANDS, typed) ? undefined : COMMANDS[typed];
  for (const load of only ? [only] : Object.values(COMMANDS)) (await load())(program);
  requireOwnOptions(program);
  return program;
}
