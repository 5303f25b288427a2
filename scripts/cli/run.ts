import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { shardqlProgram } from './program.ts';

/**
 * Runs a command, and says on standard error what keeps it from its work. What is no fault of its user is thrown.
 *
 * @param args without the paths of Node and of the script.
 * @returns when all is done. `process.exitCode` says how it ended: see `--help`.
 */
export async function runShardql(args: readonly string[]): Promise<void> {
  try {
    const program = await shardqlProgram(args[0]);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === 'commander.unknownCommand') console.error('All commands: npm run shardql -- --help');
      process.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof CliError || isFileError(error)) {
      console.error(error.message);
      process.exitCode = 2;
    } else throw error;
  }
}

/** A file that cannot be read or written: Node's message names it. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && 'path' in error;
}
